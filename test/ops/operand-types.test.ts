import t from 'tap';
import { GraphBuilder } from '../../src/ops/builder.js';
import { verifyGraph } from '../../src/ops/verify.js';

t.test('an op that computes in f32 takes no integers, but quantised weights', (t) => {
  const attributes = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], groups: 1 };
  const builder = new GraphBuilder('test');
  const x = builder.input('x', { dtype: 'f32', shape: [1, 1, 2, 2] });
  const integers = builder.input('i', { dtype: 'i64', shape: [1, 1, 2, 2] });
  const w = builder.constant('w', {
    type: { dtype: 'i8', shape: [1, 1, 1, 1] },
    data: Int8Array.of(3),
    quantization: { bits: 8, axis: 0, scales: Float32Array.of(0.5) },
  });
  t.throws(() => builder.add('conv2d', { inputs: [integers, w], attributes }), {
    code: 'E_OP',
    message: /conv2d computes in f32, not i64/,
  });
  t.throws(() => builder.add('softmax', { inputs: [integers], attributes: { axis: 1 } }), { code: 'E_OP' });
  const [y = ''] = builder.add('conv2d', { inputs: [x, w], attributes });
  const [z = ''] = builder.add('reshape', { inputs: [integers], attributes: { shape: [4] } });
  const graph = builder.finish([y, z]);
  verifyGraph(graph);
  const wrong = { ...graph.nodes[0]!, inputs: [integers, w] };
  t.throws(() => verifyGraph({ ...graph, nodes: [wrong, ...graph.nodes.slice(1)] }), { message: /not i64/ });
  t.end();
});
