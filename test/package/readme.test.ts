/** README.md of a package: names of a model must not be read as Markdown, nor by a terminal. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { PACKAGE_PLATFORMS, type PackageFile } from '../../src/package/files.js';
import { readme } from '../../src/package/readme.js';

function of(name: string, input: string, files: readonly PackageFile[] = []): string {
  const plans = [{ inputs: [input], outputs: ['y f32[1]'] }];
  const model = { name, precision: 'int8', paths: ['aarch64 (neon)'], plans, arenaBytes: 1000 };
  return readme({ platform: 'linux-armv8', model, version: '1.0.0', files });
}

t.test('plain names stand as they are', async (t) => {
  const text = of('__model__', 'x f32[1,3]');
  t.match(
    text,
    /^# `__model__` for linux-armv8\n\nMade by edge-deploy 1\.0\.0: int8, for aarch64 \(neon\), arena 1 kB\.\n/,
  );
  t.ok(text.includes('\n| `x f32[1,3]` | `y f32[1]` |\n'));
});

t.test('others cannot leave their place', async (t) => {
  const text = of('a\n# b\u202e', 'i|n`p``u\x1b[31mt\n## c\u2028 f32[1]');
  t.ok(text.startsWith('# `a\uFFFD# b\uFFFD` for'));
  t.ok(text.includes('\n| ``` i\\|n`p``u\uFFFD[31mt\uFFFD## c\uFFFD f32[1] ``` | `y f32[1]` |\n'));
  t.notMatch(text, /^## c/m);
});

t.test('headers have one line a folder, and every size is there', async (t) => {
  const data = 'x'.repeat(1500);
  const paths = [
    'include/a.h',
    'include/deep/b.hpp',
    'f/one/Headers/a.h',
    'f/one/Headers/m/include/c.h',
    'lib/include.a',
  ];
  const text = of(
    'm',
    'x f32[1]',
    paths.map((path) => ({ path, data })),
  );
  t.match(text, '|---|---|\n| `include/` | 3 kB |\n| `f/one/Headers/` | 3 kB |\n| `lib/include.a` | 1.5 kB |\n');
});

t.test('headers are where it says', async (t) => {
  const names = readdirSync(join(packageRoot, 'kernels/include'));
  for (const platform of PACKAGE_PLATFORMS) {
    const slices = ['ios-arm64', 'ios-arm64-simulator'].map((slice) => `EdgeDeploy.xcframework/${slice}/Headers`);
    const folders = platform === 'ios' ? slices : ['include'];
    const headers = folders.flatMap((folder) => names.map((name) => `${folder}/${name}`));
    const files = ['model.edp', ...headers].map((path) => ({ path, data: '' }));
    const model = { name: 'net', precision: 'int8', paths: ['aarch64'], plans: [], arenaBytes: 64 };
    const [, named] = /`(\S+\/edge_deploy\.h)`/.exec(readme({ platform, model, version: '1', files })) ?? [];
    t.ok(headers.includes(named!), `${platform}: ${named}`);
  }
});
