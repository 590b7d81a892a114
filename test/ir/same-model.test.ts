import t from 'tap';
import type { Graph } from '../../src/ir/graph.js';
import { assertOneModel, describeInputs } from '../../src/ir/same-model.js';
import { GraphBuilder } from '../../src/ops/builder.js';

function graphOf(width: number, names: { x?: string; y?: string; dtype?: 'f32' | 'i32' } = {}): Graph {
  const { x = 'x', y = 'y', dtype = 'f32' } = names;
  const builder = new GraphBuilder('g');
  const inputs = [builder.input(x, { dtype, shape: [1, width] })];
  return builder.finish(builder.add('cast', { inputs, outputs: [y], attributes: { to: dtype } }));
}

t.test('graphs of one model differ in their input shapes only', (t) => {
  t.same(describeInputs(graphOf(4)), ['x f32[1,4]']);
  assertOneModel([graphOf(4)]);
  assertOneModel([graphOf(4), graphOf(8), graphOf(2)]);
  t.throws(() => assertOneModel([]), { code: 'E_USAGE' });
  t.throws(() => assertOneModel([graphOf(4), graphOf(8), graphOf(4)]), {
    code: 'E_USAGE',
    message: 'the input shapes x f32[1,4] are given twice',
  });
  for (const other of [graphOf(8, { x: 'z' }), graphOf(8, { dtype: 'i32' })])
    t.throws(() => assertOneModel([graphOf(4), other]), { code: 'E_USAGE', message: /take the same inputs/ });
  t.throws(() => assertOneModel([graphOf(4), graphOf(8, { y: 'z' })]), {
    code: 'E_SHAPE',
    message: 'for x f32[1,8] the outputs are z f32[1,8], for other shapes y f32[1,4]',
  });
  t.end();
});
