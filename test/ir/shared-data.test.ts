import t from 'tap';
import { SharedData } from '../../src/ir/shared-data.js';
import type { Constant } from '../../src/ir/tensor.js';
import { GraphBuilder } from '../../src/ops/builder.js';

t.test('equal bytes of one element type are one array', (t) => {
  const shared = new SharedData();
  const first = shared.share(Float32Array.of(1, 2, Number.NaN));
  t.equal(shared.share(first), first);
  t.equal(shared.share(Float32Array.of(1, 2, Number.NaN)), first);
  t.equal(shared.share(Float32Array.of(0, 1, 2, Number.NaN).subarray(1)), first, 'a view of a file');
  for (const other of [
    Float32Array.of(1, 2, 3),
    Float32Array.of(1, 2),
    Float32Array.of(-0, 0, 0),
    Float32Array.of(0, 0, 0),
    new Int32Array(first.buffer),
    new Uint8Array(first.buffer),
  ])
    t.equal(shared.share(other), other, `${other.constructor.name} ${other}`);
  t.end();
});

t.test('constants of graphs: data and scales', (t) => {
  const graphOf = (value: number) => {
    const builder = new GraphBuilder('g');
    const quantization = { bits: 8, axis: 0, scales: Float32Array.of(0.5, value) } as const;
    const weight: Constant = { type: { dtype: 'i8', shape: [2, 2] }, data: Int8Array.of(1, 2, 3, 4), quantization };
    const x = builder.input('x', { dtype: 'f32', shape: [1, 2] });
    const w = builder.constant('w', weight);
    return builder.finish(builder.add('fc', { inputs: [x, w], outputs: ['y'], attributes: {} }));
  };
  const shared = new SharedData();
  const [a, b, c] = [graphOf(2), graphOf(2), graphOf(3)].map(
    (graph) => shared.shareConstants(graph).constants.get('w')!,
  );
  t.equal(a!.data, b!.data);
  t.equal(a!.quantization!.scales, b!.quantization!.scales);
  t.equal(a!.data, c!.data);
  t.same(c!.quantization!.scales, Float32Array.of(0.5, 3));
  t.end();
});
