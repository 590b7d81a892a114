import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { dotOf } from '../../../src/cli/opt/dot.js';
import { readNaiveBuffer } from '../../../src/naive-buffer/index.js';
import { OPT_GOLDEN } from '../../support/opt-cases.js';

t.test('a real file is drawn as the real opt draws it, byte for byte', (t) => {
  const { program } = readNaiveBuffer(readFileSync(join(OPT_GOLDEN, '..', '..', 'nb', 'ppocrv3-cls.int8.nb')));
  t.equal(program.blocks.map(dotOf).join(), readFileSync(join(OPT_GOLDEN, 'visualize-cls.Block_0.dot'), 'utf8'));
  t.end();
});

t.test('names cannot end their label, and a variable nobody declares is left out', (t) => {
  const relu = { type: 'relu', inputs: [{ parameter: 'X', arguments: ['a"b'] }], outputs: [], attrs: [] };
  const block = { idx: 0, parent_idx: -1, vars: [], ops: [relu] };
  t.equal(dotOf(block), 'digraph G {\n   node_0[label="relu" style="filled" fillcolor="yellow"]\n} // end G');
  const named = { ...block, vars: [{ name: 'a"b', persistable: false, need_check_feed: false }] };
  t.match(dotOf(named), /node_0\[label="a\\"b" .*\n {3}node_0->node_1\n/);
  t.end();
});
