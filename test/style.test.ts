import { execFile } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../src/base/package-root.js';

t.test('formatter and linter have nothing to say', (t) => {
  const biome = join(packageRoot, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  execFile(process.execPath, [biome, 'ci', '.'], { cwd: packageRoot }, (error, stdout, stderr) => {
    t.equal(error, null, `${stdout}${stderr}`);
    t.match(`${stdout}${stderr}`, /Checked \d+ files/);
    t.end();
  });
});
