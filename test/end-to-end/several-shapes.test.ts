import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { execute, PRESETS } from '../../src/deployment/execute.js';
import {
  loadModel,
  loadPlans,
  loadTargets,
  openDevice,
  PRECISIONS,
  pushPlans,
  run,
  writeNpy,
} from '../../src/index.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { cli } from '../support/cli.js';
import { goldenCases, relativeError } from '../support/models.js';

/** The first build for an architecture compiles its C library as well. */
t.setTimeout(10 * 60 * 1000);

/** The text direction classifier at two widths, and what Paddle gives for each. */
const GOLDEN = goldenCases().filter(
  ({ name, shape }) => name.startsWith('ppocrv3-paddle-and-onnx/cls_paddle') && shape[0] === 1,
);
const [{ path: MODEL, input: NAME }] = GOLDEN as [(typeof GOLDEN)[0]];
const WIDTHS = GOLDEN.map(({ shape }) => shape[3]);
const GRAPHS = await loadPlans(
  MODEL,
  GOLDEN.map(({ shape }) => new Map([[NAME, shape]])),
);

function inputsOf(golden: (typeof GOLDEN)[0]): Map<string, Tensor> {
  return new Map([[NAME, { type: { dtype: 'f32' as const, shape: golden.shape }, data: golden.inputData() }]]);
}

t.same(WIDTHS, [192, 320]);

for (const [name, tolerance] of [
  ['host', 1e-4],
  ['qemu-armv7', 2e-4],
  ['qemu-armv8', 1e-4],
] as const) {
  t.test(`${name}: one program for two widths gives what two programs give, and Paddle`, async (t) => {
    const target = loadTargets().get(name)!;
    const device = await openDevice(target);
    t.teardown(() => device.close());
    for (const golden of GOLDEN) {
      for (const precision of PRECISIONS) {
        const options = { precision, timing: PRESETS.once, inputs: inputsOf(golden) };
        const alone = await loadModel(MODEL, { inputShapes: new Map([[NAME, golden.shape]]) });
        const [together, single] = [
          await execute(GRAPHS, target, device, options),
          await execute(alone, target, device, options),
        ];
        const [[y], [expected]] = [[...together.outputs.values()], [...single.outputs.values()]] as [
          Tensor[],
          Tensor[],
        ];
        t.same(y, expected, `${golden.shape[3]}, ${precision}: the same, bit for bit`);
        if (precision !== 'fp32') continue;
        const error = relativeError(y!.data as Float32Array, golden.expected());
        t.ok(error <= tolerance, `${golden.shape[3]}: max |Δ| = ${error.toExponential(1)} × max |y| of Paddle`);
      }
    }
  });
}

t.test('the JavaScript API: run picks the plan, pushPlans runs them all', async (t) => {
  const target = loadTargets().get('host')!;
  const wide = GOLDEN[1]!;
  const outputs = await run(GRAPHS, target, { precision: 'fp32', inputs: inputsOf(wide) });
  t.ok(relativeError([...outputs.values()][0]!.data as Float32Array, wide.expected()) <= 1e-4);
  const records = [];
  const options = { precision: 'int8', timing: PRESETS.once, modelBytes: 1 } as const;
  for await (const { record } of pushPlans(GRAPHS, target, options)) records.push(record);
  t.match(records, [
    { inputs: ['x f32[1,3,48,192]'], agreement: [{ agrees: true }] },
    { inputs: ['x f32[1,3,48,320]'], agreement: [{ agrees: true }], bytesSent: 0 },
  ]);
  t.ok(records[1]!.macs > 1.5 * records[0]!.macs && records[1]!.arenaBytes > 1.5 * records[0]!.arenaBytes);
});

t.test('the command line', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-shapes-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const [narrow, wide] = GOLDEN as [(typeof GOLDEN)[0], (typeof GOLDEN)[0]];
  const npy = async (golden: (typeof GOLDEN)[0]) => {
    const file = join(folder, `${golden.shape[3]}.npy`);
    await writeFile(file, writeNpy(inputsOf(golden).get(NAME)!));
    return file;
  };
  const flags = ['--input-shape', 'x=1x3x48x192', '--input-shape', 'x=1x3x48x320'];
  const json = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await cli([...args, '--json'], { cwd: folder });
    return { exitCode, stderr, document: JSON.parse(stdout) };
  };
  const onHost = ['-t', 'host', '--precision', 'fp32'];

  const pushed = await json('push', MODEL, ...onHost, ...flags, '--preset', 'once');
  t.match(
    pushed.document.records,
    [{ inputs: ['x f32[1,3,48,192]'] }, { inputs: ['x f32[1,3,48,320]'] }],
    'push: each',
  );
  const chosen = await json('push', MODEL, ...onHost, ...flags, '--preset', 'once', '--input', await npy(wide));
  t.match(chosen.document.records, [{ inputs: ['x f32[1,3,48,320]'] }], 'push --input: the one that takes it');
  t.equal(chosen.document.records.length, 1);

  for (const golden of [narrow, wide]) {
    const ran = await json('run', MODEL, ...onHost, ...flags, '--input', await npy(golden));
    t.match(ran.document, { inputs: [`x f32[1,3,48,${golden.shape[3]}]`] });
    t.ok(relativeError(ran.document.outputs[0].first, golden.expected()) <= 1e-4, `run --input: ${golden.shape[3]}`);
  }
  t.match(
    (await json('run', MODEL, ...onHost, ...flags)).document,
    { inputs: ['x f32[1,3,48,192]'] },
    'run: the first',
  );

  const batch = { ...narrow, shape: [3, 1, 48, 192] };
  const unknown = await json('run', MODEL, ...onHost, ...flags, '--input', await npy(batch));
  t.match(unknown, {
    exitCode: 2,
    document: {
      error: {
        code: 'E_INPUT',
        message: 'there is no plan for x f32[3,1,48,192]; the program takes: x f32[1,3,48,192]; x f32[1,3,48,320]',
      },
    },
  });

  const verified = await json('verify', MODEL, ...onHost, ...flags, '--bisect');
  t.match(verified.document, {
    results: WIDTHS.map((width) => ({ inputs: [`x f32[1,3,48,${width}]`], agrees: true })),
    steps: WIDTHS.map((width) => ({ inputs: [`x f32[1,3,48,${width}]`], first: undefined })),
  });

  const swept = await cli(['bench', MODEL, ...onHost, ...flags, '--preset', 'once'], { cwd: folder });
  t.match(swept.stdout, /inputs[\s\S]*x f32\[1,3,48,192\][\s\S]*x f32\[1,3,48,320\]/, 'bench: a row each');

  const program = join(folder, 'two.edp');
  const built = await json('build', MODEL, ...onHost, ...flags, '-o', program);
  t.match(built.document.plans, [{ inputs: ['x f32[1,3,48,192]'] }, { inputs: ['x f32[1,3,48,320]'] }]);
  const single = await json('build', MODEL, ...onHost, flags[0]!, flags[1]!, '-o', join(folder, 'one.edp'));
  t.ok(
    built.document.bytes < 1.03 * single.document.bytes,
    `${built.document.bytes} bytes, ${single.document.bytes} for one`,
  );
  const inspected = await cli(['inspect', program], { cwd: folder });
  t.match(
    inspected.stdout,
    /inputs +x f32\[1,3,48,192\][\s\S]*arena +467 kB[\s\S]*inputs +x f32\[1,3,48,320\][\s\S]*arena +779 kB/,
  );
  const sizes = await cli(['inspect', MODEL, ...flags], { cwd: folder });
  t.match(sizes.stdout, /x f32\[1,3,48,320\] +27\.2 M +779 kB/);

  await writeFile(
    join(folder, 'edge-deploy.yaml'),
    'version: 1\ninputs: { x: { shapes: [[1, 3, 48, 192], [1, 3, 48, 320]] } }\n',
  );
  const configured = await json('build', MODEL, ...onHost, '-o', program);
  t.equal(configured.document.bytes, built.document.bytes, 'edge-deploy.yaml says the same');
});
