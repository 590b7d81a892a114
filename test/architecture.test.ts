import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import t from 'tap';
import { packageRoot } from '../src/base/package-root.js';

/** Source files by their path in the repository, with everything they import. */
const files = ['src', 'toolchains', 'targets', 'deploy', 'examples', 'test'].flatMap((room) =>
  readdirSync(join(packageRoot, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = relative(packageRoot, join(entry.parentPath, entry.name)).split(sep).join('/');
      const text = readFileSync(join(packageRoot, path), 'utf8');
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
      return { path, text, imports };
    }),
);

/** `src/lower`, `deploy`, `src/compile.ts` …: the room a file belongs to. */
function roomOf(path: string): string {
  const parts = path.split('/');
  return parts[0] === 'src' && parts.length > 2 ? `src/${parts[1]}` : parts[0] === 'src' ? path : parts[0]!;
}

function target(path: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(path), specifier)).replace(/\.js$/, '.ts');
}

/** What each room may import, besides itself, src/base and libraries. */
const FLOOR = ['src/ir', 'src/ops', 'src/steps'];
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/ir': [],
  'src/steps': ['src/ir'],
  'src/ops': ['src/ir', 'src/steps'],
  'src/paddle': FLOOR,
  'src/naive-buffer': ['src/paddle'],
  'src/opt': [...FLOOR, 'src/paddle'],
  'src/onnx': FLOOR,
  'src/passes': FLOOR,
  'src/quantize': FLOOR,
  'src/program': FLOOR,
  'src/lower': [...FLOOR, 'src/program'],
  'src/plan': ['src/steps'],
  'src/measure': [],
  'src/npy': ['src/ir'],
  'src/onnx-file.ts': ['src/paddle'],
  'src/load.ts': ['src/ir', 'src/paddle', 'src/naive-buffer', 'src/onnx', 'src/onnx-file.ts'],
  'src/compile.ts': [...FLOOR, 'src/passes', 'src/quantize', 'src/lower', 'src/plan', 'src/program'],
  'src/deployment': [
    ...FLOOR,
    'src/compile.ts',
    'src/lower',
    'src/measure',
    'src/npy',
    'deploy',
    'targets',
    'toolchains',
  ],
  'src/inspection': [...FLOOR, 'src/compile.ts', 'src/quantize', 'src/lower'],
  'src/package': ['src/report', 'toolchains'],
  'src/report': [...FLOOR, 'src/deployment', 'src/inspection', 'src/program'],
  'src/cli': [
    ...FLOOR,
    'src/compile.ts',
    'src/load.ts',
    'src/onnx-file.ts',
    'src/deployment',
    'src/inspection',
    'src/lower',
    'src/measure',
    'src/naive-buffer',
    'src/npy',
    'src/opt',
    'src/package',
    'src/paddle',
    'src/program',
    'src/report',
    'deploy',
    'targets',
    'toolchains',
  ],
  toolchains: [],
  targets: [],
  deploy: ['targets'],
};

t.test('every import follows an arrow of ARCHITECTURE.md', (t) => {
  for (const { path, imports } of files) {
    const room = roomOf(path);
    const allowed = ARROWS[room];
    if (room === 'test' || room === 'examples' || room === 'src/index.ts') continue;
    if (!allowed) {
      t.fail(`${path} is in a room that ARCHITECTURE.md does not know`);
      continue;
    }
    for (const specifier of imports.filter((one) => one.startsWith('.'))) {
      const to = roomOf(target(path, specifier));
      t.ok(to === room || to === 'src/base' || allowed.includes(to), `${path} → ${to}`);
    }
  }
  t.end();
});

t.test('each library is touched in one room', (t) => {
  const homes: Readonly<Record<string, readonly string[]>> = {
    protobufjs: ['src/base'],
    esbuild: ['toolchains'],
    ssh2: ['deploy'],
    'zig-build': ['toolchains'],
    commander: ['src/cli'],
    'p-queue': ['src/cli'],
    'env-paths': ['src/base'],
  };
  for (const { path, imports } of files.filter(({ path }) => !path.startsWith('test/'))) {
    for (const specifier of imports) {
      const rooms = homes[specifier.split('/')[0]!];
      if (rooms) t.ok(rooms.includes(roomOf(path)), `${path} uses ${specifier}`);
    }
  }
  t.end();
});

t.test('the compiler does no input or output and reads no clock', (t) => {
  const pure = ['src/ir', 'src/ops', 'src/passes', 'src/plan', 'src/measure', 'src/lower', 'src/steps', 'src/quantize'];
  for (const { path, text, imports } of files.filter(({ path }) => pure.includes(roomOf(path)))) {
    t.notOk(
      imports.some((one) => one.startsWith('node:')),
      `${path} imports nothing of Node`,
    );
    t.notMatch(text, /Date\.now|new Date|performance\.now|process\./, `${path} reads no clock and no process`);
  }
  t.end();
});

t.test('files are small, and no room is called after its lack of a subject', (t) => {
  for (const { path, text } of files) {
    t.ok(text.split('\n').length <= 280, `${path} is short enough`);
    t.notMatch(path, /\b(utils?|helpers?|misc|common|scripts)\b/, `${path} has a name that says what it is`);
  }
  t.end();
});
