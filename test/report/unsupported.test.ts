import t from 'tap';
import { unsupportedOps } from '../../src/report/unsupported.js';

const skipped = (op: string, name: string, reason: 'unsupported' | 'unreached', problem?: string) => ({
  op,
  name,
  inputs: [],
  outputs: [],
  reason,
  ...(problem ? { problem } : {}),
});

t.test('unsupported ops by type: every layer, every problem once, unreached ones not', (t) => {
  const list = [
    skipped('b', 'b1', 'unsupported', 'none'),
    skipped('a', 'a1', 'unsupported'),
    skipped('b', 'b2', 'unsupported', 'none'),
    skipped('b', 'b3', 'unsupported', 'this form'),
    skipped('c', 'c1', 'unreached', 'unknown shape'),
    skipped('', 'd1', 'unsupported', 'none'),
    skipped('constructor', 'e1', 'unsupported', 'none'),
  ];
  t.strictSame(unsupportedOps(list), [
    { op: '(no type)', layers: ['d1'], problems: ['none'] },
    { op: 'a', layers: ['a1'], problems: [] },
    { op: 'b', layers: ['b1', 'b2', 'b3'], problems: ['none', 'this form'] },
    { op: 'constructor', layers: ['e1'], problems: ['none'] },
  ]);
  t.end();
});
