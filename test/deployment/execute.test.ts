import t from 'tap';
import { execute, PRESETS } from '../../src/deployment/execute.js';
import { loadTargets, openDevice } from '../../src/index.js';
import { Maker } from '../support/maker.js';

t.setTimeout(5 * 60 * 1000);

t.test('a model that fetches a tensor twice runs', async (t) => {
  const make = new Maker('twice');
  const activation = { kind: 'linear', a: 2, b: 1, c: 0 };
  const y = make.op('unary', [make.x(1, 3)], { activation });
  const graph = make.finish([y, y]);
  const device = await openDevice(loadTargets().get('host')!);
  const inputs = new Map([['x0', { type: { dtype: 'f32' as const, shape: [1, 3] }, data: Float32Array.of(0, 1, 2) }]]);
  const options = { precision: 'fp32', timing: PRESETS.once, inputs } as const;
  const { outputs } = await execute(graph, loadTargets().get('host')!, device, options);
  await device.close();
  t.same(
    [...outputs].map(([name, { data }]) => [name, [...data].map(Number)]),
    [[y, [1, 3, 5]]],
  );
});
