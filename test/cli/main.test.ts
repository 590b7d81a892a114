import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';

t.test('a reader that has seen enough is no failure', async (t) => {
  const main = join(packageRoot, 'dist', 'src', 'cli', 'main.js');
  const model = join(packageRoot, 'test', 'golden', 'onnx', 'mnist-8.onnx');
  const child = spawn(process.execPath, [main, 'inspect', model, '--quiet'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [exitCode] = await once(child, 'close');
  t.strictSame([exitCode, said], [0, '']);
});
