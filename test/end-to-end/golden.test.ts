import t from 'tap';
import { execute, PRESETS } from '../../src/deployment/execute.js';
import { type Device, loadModel, loadTargets, openDevice, type Precision } from '../../src/index.js';
import { elementCount } from '../../src/ir/tensor.js';
import { type GoldenCase, goldenCases, relativeError, thinned } from '../support/models.js';

/** Every golden model through the product's own path, on this machine and on both emulated ARMs, against Paddle. */
const cases = goldenCases();

async function errorOf(golden: GoldenCase, precision: Precision, targetName: string, device: Device): Promise<number> {
  const graph = await loadModel(golden.path, { inputShapes: new Map([[golden.input, golden.shape]]) });
  const input = graph.inputs[0]!;
  const inputs = new Map([[input, { type: { dtype: 'f32' as const, shape: golden.shape }, data: golden.inputData() }]]);
  const { outputs } = await execute(graph, loadTargets().get(targetName)!, device, {
    precision,
    timing: PRESETS.once,
    inputs,
  });
  const [output] = [...outputs.values()];
  const data = output!.data as Float32Array;
  const expected = golden.expected();
  t.ok(golden.every || expected.length === elementCount(output!.type.shape));
  return relativeError(golden.every ? thinned(data, output!.type.shape, golden.every) : data, expected);
}

t.ok(cases.length >= 112, `${cases.length} golden cases are there`);

for (const [name, tolerance] of [
  ['host', 1e-4],
  ['qemu-armv8', 1e-4],
  ['qemu-armv7', 2e-4],
] as const) {
  t.test(`${name} agrees with Paddle`, async (t) => {
    // Emulated on a busy machine, a large network may take its time.
    const device = await openDevice(loadTargets().get(name)!, { silenceMs: 300_000 });
    for (const golden of cases) {
      for (const precision of golden.precisions) {
        const error = await errorOf(golden, precision, name, device);
        t.ok(error <= tolerance, `${golden.name} ${precision}: max |Δ| = ${error.toExponential(1)} × max |y|`);
      }
    }
    await device.close();
  });
}
