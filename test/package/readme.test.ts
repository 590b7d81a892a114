/** README.md of a package: names of a model must not be read as Markdown, nor by a terminal. */
import t from 'tap';
import { readme } from '../../src/package/readme.js';

function of(name: string, input: string): string {
  const plans = [{ inputs: [input], outputs: ['y f32[1]'] }];
  const model = { name, precision: 'int8', paths: ['aarch64 (neon)'], plans, arenaBytes: 1000 };
  return readme({ platform: 'linux-armv8', model, version: '1.0.0', files: [] });
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
