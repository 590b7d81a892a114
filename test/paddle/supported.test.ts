import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { AttributeType, importProgram, readProgram } from '../../src/paddle/index.js';
import { float, messageOf, op, programOf, type TestOp } from '../support/programs.js';
import { refuses } from '../support/refusals.js';

/** A chain of ops from x; each makes the value called after its place. */
function chain(types: readonly string[]): TestOp[] {
  return types.map((type, i) => op(type, { X: [i === 0 ? 'x' : `v${i - 1}`] }, { Out: [`v${i}`] }));
}

const x = { x: { dims: [1, 4] } };
const importing = (ops: readonly TestOp[], outputs: readonly string[]) => () =>
  importProgram('m', programOf(x, ops, outputs), new Map());

t.test('all unsupported ops are listed at once: types, counts, layers', async (t) => {
  const types = ['relu', 'erfinv', 'roi_align', 'erfinv', 'relu', 'erfinv', 'erfinv', 'tanh_shrink'];
  const error = await refuses(t, importing(chain(types), ['v7']), 'E_OP');
  t.equal(
    error.message,
    "the model uses unsupported ops: erfinv × 4 ('v1', 'v3', 'v5', …); roi_align × 1 ('v2'); tanh_shrink × 1 ('v7')",
  );
  t.equal(error.exitCode, 3);
  t.strictSame(error.details, {
    ops: { erfinv: 4, roi_align: 1, tanh_shrink: 1 },
    layers: { erfinv: ['v1', 'v3', 'v5', 'v6'], roi_align: ['v2'], tanh_shrink: ['v7'] },
  });
});

t.test('what no output needs does not count', async (t) => {
  const ops = [...chain(['relu']), op('erfinv', { X: ['v0'] }, { Out: ['unused'] })];
  t.strictSame(importing(ops, ['v0'])().outputs, ['v0']);
});

t.test('an op without a type, and one that makes nothing', async (t) => {
  await refuses(t, importing([op('', { X: ['x'] }, { Out: ['y'] })], ['y']), 'E_OP', "(no type) × 1 ('y')");
});

t.test('control flow is named, and so is what is unsupported inside', async (t) => {
  const block = (index: number) => ({ sub_block: { type: AttributeType.BLOCK, block_idx: index } });
  const program = programOf(
    x,
    [
      op('while', { X: ['x'] }, { Out: ['y'] }, block(1)),
      op('conditional_block', { Input: ['y'] }, { Out: ['z'] }, block(1)),
      op('scale', { X: ['z'] }, { Out: ['out'] }, { scale: float(2) }),
    ],
    ['out'],
  );
  const inner = [
    op('erfinv', { X: ['x'] }, { Out: ['inside'] }),
    op('relu', { X: ['inside'] }, { Out: ['y'] }),
    // A block that runs itself must not be walked forever.
    op('while', { X: ['y'] }, { Out: ['y'] }, block(1)),
    op('while', { X: ['y'] }, { Out: ['w'] }, block(99)),
  ];
  program.blocks.push({ idx: 1, parent_idx: 0, vars: [], ops: inner.map(messageOf) });
  const error = await refuses(
    t,
    () => importProgram('m', program, new Map()),
    'E_OP',
    "conditional_block × 1 ('z'); erfinv × 1 ('inside'); while × 3 ('y', 'y', 'w')",
  );
  t.match(error.hint, /without control flow \(conditional_block, while\)/);
});

t.test('a real conditional block', async (t) => {
  const file = join(packageRoot, 'test/golden/quantization/corner-cases/sub-block/model.pdmodel');
  const error = await refuses(t, () => importProgram('m', readProgram(readFileSync(file)), new Map()), 'E_OP');
  t.match(error.message, /conditional_block × 2 \('.+'\); .*select_input × 1/);
  t.match(error.details, { ops: { conditional_block: 2, select_input: 1 } });
});
