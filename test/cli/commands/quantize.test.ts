import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { cli } from '../../support/cli.js';
import { GOLDEN } from '../../support/models.js';

const MOBILENET = join(GOLDEN, 'fashion-mobilenet-2.6');
const LENET = join(GOLDEN, 'fashion-lenet-1.8/combined');

t.test('the defaults are PaddleSlim’s: conv2d and mul, 8 bits, a scale a channel', async (t) => {
  const out = t.testdir();
  const { exitCode, stdout, stderr } = await cli(['quantize', MOBILENET, '-o', out]);
  t.equal(exitCode, 0, stderr);
  const written = join(out, 'quantized_model');
  t.strictSame(readdirSync(out), ['quantized_model']);
  const expected = join(MOBILENET, 'quantized/int8-channel-default-ops/model.pdiparams');
  t.ok(readFileSync(join(written, 'model.pdiparams')).equals(readFileSync(expected)), 'Paddle’s bytes');
  t.match(stdout, /conv2d_0\.w_0 +conv2d +int8/);
  t.ok(stdout.trim().endsWith(join(written, 'model.pdmodel')));
  t.match(stderr, /warning: the weights of 5 depthwise_conv2d stay fp32/);
});

t.test('the table has a line for every weight, and for what stays fp32 the reason', async (t) => {
  const { stdout } = await cli(['quantize', MOBILENET, '-o', t.testdir(), '-q']);
  const lines = stdout.split('\n');
  t.match(lines[0], /^weight +op +type +before +after +max error +rms error +scales, or why it stays as it is$/);
  t.equal(
    lines.filter((line) => / conv2d +int8 +\S+ k?B +\S+ k?B +\de-\d +/.test(line.replace(/(\d)\.(\d)e/g, '$1e')))
      .length,
    6,
  );
  t.equal(lines.filter((line) => / depthwise_conv2d .* op type not in quantizable_op_type$/.test(line)).length, 5);
  t.match(stdout, /linear_0\.w_0 +matmul_v2 +3\.84 kB +3\.84 kB +PaddleSlim does not quantise matmul_v2\n/);
  t.match(stdout, /other parameters +9\.26 kB +9\.26 kB +no weights/);
  t.match(stdout, /all parameters +95 kB +4\d(\.\d)? kB\n/);
});

t.test('--improved quantises the classifier, too', async (t) => {
  const { stdout, stderr, exitCode } = await cli(['quantize', MOBILENET, '-o', t.testdir(), '--improved']);
  t.equal(exitCode, 0, stderr);
  t.match(stdout, /linear_0\.w_0 +matmul_v2 +int8 +3\.84 kB +1 kB/);
  t.match(
    stderr,
    /warning: Paddle-Lite does not convert integer weights of matmul_v2 .*: for \.nb files quantise in the default mode/,
  );
  const both = await cli(['quantize', MOBILENET, '-o', t.testdir(), '--improved', '--compat', 'paddle']);
  t.match(both, { exitCode: 2, stderr: /'--improved' cannot be used with option '--compat/ });
});

t.test('--dry-run does everything but write', async (t) => {
  const out = join(t.testdir(), 'out');
  const args = ['quantize', MOBILENET, '-o', out, '--generate-test-model'];
  const rehearsed = await cli([...args, '--dry-run']);
  t.notOk(existsSync(out));
  const real = await cli(args);
  t.equal(rehearsed.stdout.replaceAll('would write ', ''), real.stdout);
  t.equal(rehearsed.stderr, real.stderr);
});

t.test('a model of Paddle 3 becomes a classic one', async (t) => {
  const [out, twin] = [t.testdir({ pir: {} }), t.testdir({ twin: {} })];
  const { stderr, exitCode } = await cli(['quantize', join(GOLDEN, 'fashion-mobilenet-pir-3.3'), '-o', out]);
  t.equal(exitCode, 0, stderr);
  t.match(stderr, /warning: inference\.json is a program of Paddle 3 \(PIR\), .*model\.pdmodel is the same network/);
  await cli(['quantize', MOBILENET, '-o', twin]);
  const [ours, theirs] = [out, twin].map((folder) => readFileSync(join(folder, 'quantized_model/model.pdiparams')));
  t.ok(ours!.equals(theirs!), 'the integers of the same network that Paddle 2.6 saved');
});

t.test('every flag does what its parameter does', async (t) => {
  const out = t.testdir();
  const flags = [
    ...[
      '--weight-bits',
      '16',
      '--weight-quantize-type',
      'abs_max',
      '--quantizable-op-type',
      'conv2d,depthwise_conv2d,mul',
    ],
    ...['--save-model-file', 'm', '--save-params-file', 'p', '--generate-test-model', '--layout', 'fluid', '--json'],
  ];
  const { exitCode, stdout, stderr } = await cli(['quantize', LENET, '-o', out, ...flags]);
  t.equal(exitCode, 0, stderr);
  const expected = join(GOLDEN, 'fashion-lenet-1.8/quantized/int16-abs_max/__params__');
  t.ok(readFileSync(join(out, 'quantized_model/p')).equals(readFileSync(expected)), 'Paddle’s bytes');
  t.strictSame(readdirSync(join(out, 'test_model')), ['m', 'p']);
  t.match(JSON.parse(stdout), {
    schema: 1,
    quantizedModel: join(out, 'quantized_model/m'),
    testModel: join(out, 'test_model/m'),
    report: [{ name: 'conv2d_0.w_0', bits: 16 }],
  });
});

t.test('mistakes have their exit codes, and write nothing', async (t) => {
  const folder = t.testdir({ damaged: {} });
  const damaged = join(folder, 'damaged');
  writeFileSync(join(damaged, 'm.pdmodel'), readFileSync(join(MOBILENET, 'inference.pdmodel')));
  writeFileSync(join(damaged, 'm.pdiparams'), readFileSync(join(MOBILENET, 'inference.pdiparams')).subarray(0, 5000));
  const corner = (name: string) => join(packageRoot, 'test/golden/quantization', name);
  const out = join(folder, 'out');
  const cases: [string, string[], number, RegExp][] = [
    [
      'cut parameters',
      [damaged],
      3,
      /E_MODEL: .*m\.pdiparams ends inside the parameter '.*at byte 4872, the file has 5000\n {2}Hint:/,
    ],
    ['NaN', [corner('corner-cases/nan')], 3, /E_WEIGHTS: the weights 'w' hold NaN \(element \d+; \d+ of 54/],
    ['quantised twice', [join(MOBILENET, 'quantized/int8-channel')], 3, /E_WEIGHTS: .*quantised already/],
    ['another op', [MOBILENET, '--quantizable-op-type', 'conv2d,matmul'], 2, /matmul is not supported/],
    ['a wrong file', [MOBILENET, '--model-file', 'inferense'], 3, /Did you mean inference\.pdmodel\?/],
    [
      'made by opt',
      [join(packageRoot, 'test/golden/nb/ppocrv3-cls.int8.nb')],
      3,
      /made by the opt tool of Paddle-Lite\n {2}Hint: Pass the Paddle model/,
    ],
    [
      'a folder of .nb',
      [join(packageRoot, 'test/golden/nb')],
      3,
      /no Paddle program: \S+\.nb is made by the opt tool of Paddle-Lite\n {2}Hint: Pass the Paddle model/,
    ],
    [
      'ONNX',
      [join(packageRoot, 'test/golden/onnx/mnist-8.onnx')],
      2,
      /is an ONNX model: .*\n {2}Hint: Quantise while compiling/,
    ],
    ['no folder', [MOBILENET, '-o', '/dev/null/x'], 2, /E_OUTPUT: cannot write/],
  ];
  for (const [what, args, exitCode, message] of cases) {
    const target = args.includes('-o') ? [] : ['-o', out];
    const result = await cli(['quantize', ...args, ...target]);
    t.equal(result.exitCode, exitCode, what);
    t.match(result.stderr, message, what);
    t.notOk(existsSync(out), `${what}: nothing is written`);
  }
});
