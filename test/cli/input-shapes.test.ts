import t from 'tap';
import { inputShapes } from '../../src/cli/input-shapes.js';
import type { Config } from '../../targets/index.js';

/** What the flags mean without a configuration, as plain objects. */
function shapesOf(...flags: string[]): object[] {
  return inputShapes(undefined, flags).map((set) => Object.fromEntries(set));
}

t.test('one shape an input: one set', (t) => {
  t.same(shapesOf(), [{}]);
  t.same(shapesOf('x=4x5', 'a=b=1,2×3'), [{ x: [4, 5], 'a=b': [1, 2, 3] }]);
  for (const wrong of ['x', 'x=', '=1', 'x=0x1', 'x=1x', 'x=1x-1', 'x=axb', 'x=1.5'])
    t.throws(() => inputShapes(undefined, [wrong]), { code: 'E_USAGE', message: wrong }, wrong);
  t.end();
});

t.test('several shapes of an input: as many sets, the k-th of all inputs together', (t) => {
  t.same(shapesOf('x=1x2', 'x=3x4'), [{ x: [1, 2] }, { x: [3, 4] }]);
  t.same(shapesOf('x=1', 'y=5', 'x=2', 'y=6', 'z=9'), [
    { x: [1], y: [5], z: [9] },
    { x: [2], y: [6], z: [9] },
  ]);
  t.throws(() => shapesOf('x=1', 'y=5', 'x=2', 'x=3', 'y=6'), {
    code: 'E_USAGE',
    message: "the input 'y' has 2 shapes, and 'x' has 3",
    hint: /one shape for all plans, or 3/,
  });
  t.end();
});

t.test('flags replace what edge-deploy.yaml says about their input', (t) => {
  const inputs = { x: { shape: [1, 2] }, y: { shapes: [[3], [4]] }, z: { shape: [5] } };
  const config: Config = { version: 1, inputs };
  const objects = (...flags: string[]) => inputShapes(config, flags).map((set) => Object.fromEntries(set));
  t.same(objects(), [
    { x: [1, 2], y: [3], z: [5] },
    { x: [1, 2], y: [4], z: [5] },
  ]);
  t.same(objects('y=7', 'x=8'), [{ x: [8], y: [7], z: [5] }]);
  t.throws(() => objects('z=1', 'z=2', 'z=3'), {
    code: 'E_USAGE',
    message: "the input 'y' has 2 shapes, and 'z' has 3",
  });
  t.end();
});
