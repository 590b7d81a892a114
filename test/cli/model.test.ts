import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { cli } from '../support/cli.js';

const model = join(packageRoot, 'test', 'golden', 'onnx', 'mnist-8.onnx');

t.test('an ONNX file is inspected and pushed as a Paddle model is; only quantize needs Paddle', async (t) => {
  const inspected = await cli(['inspect', model, '--json']);
  t.equal(inspected.exitCode, 0, inspected.stderr);
  const { bytes, inputs, layers, sizes } = JSON.parse(inspected.stdout);
  t.strictSame([bytes, inputs, layers.length, sizes.length], [26_454, ['Input3 f32[1,1,28,28]'], 11, 4]);
  const pushed = await cli(['push', model, '-t', 'host', '--precision', 'int8', '--json']);
  t.equal(pushed.exitCode, 0, pushed.stderr);
  const quantized = await cli(['quantize', model, '-o', join(t.testdir({}), 'q')]);
  t.equal(quantized.exitCode, 2);
  t.match(quantized.stderr, /E_USAGE.*is an ONNX model.*push or build with --precision/s);
});
