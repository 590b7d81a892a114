import t from 'tap';
import { fittingPlans } from '../../src/deployment/inputs.js';
import { allocate } from '../../src/ir/tensor.js';
import { GraphBuilder } from '../../src/ops/builder.js';

const graphs = [
  [1, 4],
  [1, 8],
  [1, 4, 1],
].map((shape) => {
  const builder = new GraphBuilder('g');
  const x = builder.input('x', { dtype: 'f32', shape });
  const scale = builder.input('scale', { dtype: 'f32', shape: [1] });
  const attributes = { kind: 'mul' };
  return builder.finish(builder.add('binary', { inputs: [x, scale], outputs: ['y'], attributes }));
});

const given = (shapes: Readonly<Record<string, readonly number[]>>) =>
  new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const type = { dtype: 'f32' as const, shape };
      return [name, { type, data: allocate(type) }];
    }),
  );

t.test('plans are those that take the given inputs', (t) => {
  t.same(fittingPlans(graphs, given({})), [0, 1, 2]);
  t.same(fittingPlans(graphs, given({ scale: [1] })), [0, 1, 2]);
  t.same(fittingPlans(graphs, given({ x: [1, 8] })), [1]);
  t.same(fittingPlans(graphs, given({ x: [1, 4, 1], scale: [1] })), [2]);
  t.same(fittingPlans(graphs, given({ z: [1] })), [0, 1, 2], 'a name that is not known is refused later');
  t.same(fittingPlans(graphs.slice(1, 2), given({ x: [3] })), [0], 'so is any shape where there is one plan');
  t.throws(() => fittingPlans(graphs, given({ x: [1, 5], scale: [1] })), {
    code: 'E_INPUT',
    message:
      'there is no plan for x f32[1,5], scale f32[1]; the program takes: x f32[1,4], scale f32[1]; x f32[1,8], scale f32[1]; x f32[1,4,1], scale f32[1]',
    hint: /--input-shape x=1x5 --input-shape scale=1$/,
  });
  t.end();
});
