import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { EdgeDeployError } from '../../src/base/errors.js';
import { findConfig, readConfig } from '../../targets/config.js';

const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-config-'));
t.teardown(() => rm(folder, { recursive: true }));
const file = join(folder, 'edge-deploy.yaml');

async function read(...lines: string[]) {
  await writeFile(file, lines.join('\n'));
  return readConfig(file);
}

t.test('every field', async (t) => {
  const config = await read(
    '# a comment',
    'version: 1',
    'model: models/mobilenet_v1',
    'inputs: { image: { shape: [1, 3, 224, 224] }, text: { shapes: [[1, 8], [1, 16]] } }',
    'quantize: { bits: 8 }',
    'precision: int8w',
    'targets:',
    '  pi: { type: ssh, host: 10.0.0.7, user: pi, port: 2222, key: ~/.ssh/pi, knownHosts: known, arch: armv7, path: neon, tags: [lab] }',
    '  phone: { type: adb, serial: 2A051FDH200ABC }',
    '  ci: { type: qemu, cpu: cortex-a53, arch: armv8, metric: instructions, l2: 524288 }',
    '  here: { type: host, dir: /tmp/x, description: this machine }',
    'bench: { preset: normal, threads: [1, 4], precision: [fp32, int8] }',
  );
  t.match(config, {
    version: 1,
    inputs: {
      image: { shape: [1, 3, 224, 224] },
      text: {
        shapes: [
          [1, 8],
          [1, 16],
        ],
      },
    },
    targets: { pi: { port: 2222 }, phone: { type: 'adb' }, ci: { l2: 524288 }, here: { dir: '/tmp/x' } },
    bench: { threads: [1, 4] },
  });
});

t.test('a mistake is reported with its line and, where one is near, the right word', async (t) => {
  const board = ['version: 1', 'targets:', '  good: { type: host }', '  bad:'];
  const cases: readonly (readonly [string, readonly string[], number, RegExp, RegExp?])[] = [
    ['empty file', [''], 1, /expected object/],
    ['a list', ['- version: 1'], 1, /expected object/],
    ['no version', ['# x', '', 'model: x'], 3, /field 'version' is missing/],
    ['another version', ['', 'version: 2'], 2, /version: .*expected 1/],
    ['misspelt field', ['version: 1', 'modle: x'], 2, /no field 'modle'/, /'model'/],
    [
      'misspelt field, value below',
      ['version: 1', 'target:', '  a:', '    type: host'],
      2,
      /no field 'target'/,
      /'targets'/,
    ],
    ['field like no other', ['version: 1', 'zzzzzzzz: x'], 2, /no field 'zzzzzzzz'/, /Remove it/],
    ['missing field of a target', [...board, '    type: ssh'], 4, /targets\.bad: the field 'host' is missing/],
    ['missing type', [...board, '    host: x'], 4, /targets\.bad: the field 'type' is missing/],
    ['misspelt field of a target', [...board, '    type: ssh', '    hsot: x'], 6, /targets\.bad: .*'hsot'/, /'host'/],
    ['field of another type', [...board, '    type: host', '    serial: x'], 6, /no field 'serial'/, /Remove it/],
    ['unknown type', [...board, '    type: shh', '    host: x'], 5, /targets\.bad\.type: .*'ssh'/],
    ['unknown arch', [...board, '    type: ssh', '    host: x', '    arch: arm64'], 7, /arch: .*"armv7"/],
    ['port out of range', [...board, '    type: ssh', '    host: x', '    port: 99999'], 7, /port: .*65535/],
    ['a number for a target', [...board.slice(0, 3), '  bad: 5'], 4, /targets\.bad: .*expected object/],
    ['wrong precision', ['version: 1', 'precision: int4'], 2, /precision: .*"int8w"/],
    ['item of a list', ['version: 1', 'bench:', '  threads:', '    - 1', '    - 0'], 5, /bench\.threads\.1: /],
    ['misspelt field of bench', ['version: 1', 'bench: { presett: x }'], 2, /bench: .*'presett'/, /'preset'/],
    [
      'misspelt field of an input',
      ['version: 1', 'inputs:', '  x: { shap: [1] }'],
      3,
      /inputs\.x: .*'shap'/,
      /'shape'/,
    ],
    [
      'shape and shapes',
      ['version: 1', 'inputs:', '  x: { shape: [1], shapes: [[1], [2]] }'],
      3,
      /inputs\.x: give either shape or shapes/,
    ],
    ['neither', ['version: 1', 'inputs:', '  x: {}'], 3, /inputs\.x: give either shape or shapes/],
    ['no shapes', ['version: 1', 'inputs:', '  x: { shapes: [] }'], 3, /inputs\.x\.shapes: /],
    ['a size of 0', ['version: 1', 'inputs:', '  x: { shapes: [[1, 2], [1, 0]] }'], 3, /inputs\.x\.shapes\.1\.1: /],
    ['tab', ['version: 1', 'bench:', '\tpreset: x'], 3, /[Tt]ab/],
    ['doubled key', ['version: 1', 'version: 1'], 2, /unique/],
    ['open quote', ['version: 1', 'model: "x'], 2, /quote/],
    ['unknown alias', ['version: 1', 'model: &y m', 'precision: *y', 'bench: *x'], 4, /alias.*x/],
    ['two documents', ['version: 1', '---', 'version: 1'], 2, /multiple documents/],
  ];
  for (const [what, lines, line, message, hint] of cases) {
    const error = await read(...lines).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    t.ok(error instanceof EdgeDeployError && error.code === 'E_CONFIG', what, { found: error });
    const { message: said, hint: told } = error as EdgeDeployError;
    t.ok(said.startsWith(`${file}:${line}: `), `${what}: line ${line}`, { found: said });
    t.match(said, message, what);
    t.notMatch(said, /received undefined|parseAllDocuments/, `${what}: in words for users`);
    if (hint) t.match(told, hint, what);
  }
});

t.test('a file of aliases that would grow without end is refused', async (t) => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `  x${i + 1}: &x${i + 1} [${Array(12).fill(`*x${i}`).join(', ')}]`,
  );
  await t.rejects(read('version: 1', 'targets:', '  x0: &x0 [1]', ...levels), { code: 'E_CONFIG' });
});

t.test('the nearest file above is found, an unreadable one is an error', async (t) => {
  const below = join(folder, 'a', 'b');
  await mkdir(below, { recursive: true });
  await writeFile(file, 'version: 1');
  t.equal(findConfig(below), file);
  await writeFile(join(folder, 'a', 'edge-deploy.yaml'), 'version: 1');
  t.equal(findConfig(below), join(folder, 'a', 'edge-deploy.yaml'));
  t.equal(findConfig('/'), undefined);
  t.throws(() => readConfig(below), { code: 'E_CONFIG', message: /cannot be read/ });
});
