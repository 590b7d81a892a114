/** The package for iOS. Nothing here can run it: what linkers, compilers and Xcode look at is held to what they ask for. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import type { PackageFile } from '../../src/package/files.js';
import { iosFiles } from '../../src/package/ios.js';
import { findCompiler } from '../../toolchains/zig.js';
import { restoring } from '../support/environment.js';

t.setTimeout(10 * 60 * 1000);

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-ios-'));
t.teardown(() => rm(folder, { recursive: true }));
const program = new TextEncoder().encode('a program file');
const files = await iosFiles({ program });

await write(files, join(folder, 'package'));
const framework = join(folder, 'package', 'EdgeDeploy.xcframework');
const headers = join(framework, 'ios-arm64', 'Headers');
const zig = findCompiler().path;

async function write(all: readonly PackageFile[], to: string): Promise<void> {
  for (const { path, data } of all) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await writeFile(join(to, path), data);
  }
}

const header = await readFile(join(packageRoot, 'kernels', 'include', 'edge_deploy.h'), 'utf8');
const API = [...header.matchAll(/^ED_API .*?\b(ed_\w+)\(/gm)].map(([, name]) => `_${name}`).toSorted();

/** All the library may ask of the system: public C functions of libSystem. */
const SYSTEM = [
  ...['_bzero', '_memcmp', '_memcpy', '_memmove', '_memset', '_sysctlbyname'],
  ...['_erff', '_expf', '_floorf', '_fmodf', '_log1pf', '_logf', '_pow', '_powf', '_rintf', '_sqrt', '_sqrtf'],
];

const LIBRARIES = [
  { identifier: 'ios-arm64', platform: 'ios', minimum: '13.0' },
  { identifier: 'ios-arm64-simulator', platform: 'iossimulator', minimum: '14.0' },
];

/** Members of an archive, the symbol table first. Names stand ahead of the contents, as Darwin has them. */
function members(archive: Buffer): { name: string; start: number; metadata: string }[] {
  const found = [];
  for (let at = 8; at < archive.length; ) {
    const field = (from: number, to: number) => archive.toString('latin1', at + from, at + to).trimEnd();
    const size = Number(field(48, 58));
    const nameBytes = Number(/^#1\/(\d+)$/.exec(field(0, 16))?.[1]);
    if (!(nameBytes > 0 && size > 0)) throw new Error(`no member of an archive at ${at}: ${field(0, 60)}`);
    const name = field(60, 60 + nameBytes).replace(/\0*$/, '');
    found.push({ name, start: at + 60 + nameBytes, metadata: field(16, 40).replace(/ +/g, ' ') });
    at += 60 + size;
  }
  return found;
}

t.test('a symbol table, then objects that Apple’s linker takes', async (t) => {
  for (const { identifier, platform, minimum } of LIBRARIES) {
    const path = join(framework, identifier, 'libedge_deploy.a');
    const archive = await readFile(path);
    t.equal(archive.toString('latin1', 0, 8), '!<arch>\n');
    const [table, ...objects] = members(archive);
    t.equal(table?.name, '__.SYMDEF', 'the table of Darwin');
    t.ok(objects.length > 30, `${objects.length} objects`);
    for (const { name, start, metadata } of objects) {
      t.match(name, /^[\w-]+\.o$/, 'a name without a folder');
      t.equal(start % 8, 0, `${name} is aligned`);
      t.equal(metadata, '0 0 0', 'no date and no owner');
      const words = [0, 4, 12].map((at) => archive.readUInt32LE(start + at));
      t.strictSame(words, [0xfeedfacf, 0x0100000c, 1], `${name} is a Mach-O object for arm64`);
    }
    const { stdout } = await run('llvm-objdump', ['--macho', '--private-headers', path], { maxBuffer: 1 << 26 });
    const versions = [...stdout.matchAll(/cmd LC_BUILD_VERSION\n.*\n *platform (\w+)\n.*\n *minos ([\d.]+)/g)];
    t.equal(versions.length, objects.length, 'every object says what it is for');
    t.strictSame(new Set(versions.map(([, name, minos]) => `${name} ${minos}`)), new Set([`${platform} ${minimum}`]));
    t.notMatch(archive.toString('latin1'), /\/(root|home|tmp|Users|var|usr|work)\//, 'no path of this machine');
  }
});

t.test('ten functions are seen, and only libSystem’s are asked for', async (t) => {
  for (const { identifier } of LIBRARIES) {
    const path = join(framework, identifier, 'libedge_deploy.a');
    const { stdout } = await run('llvm-nm', ['-m', path], { maxBuffer: 1 << 26 });
    const names = (kind: RegExp) =>
      [...new Set(stdout.split('\n').filter((line) => kind.test(line)))].map((line) => line.split(' ').at(-1)!);
    const defined = new Set(names(/\(__\w+,__\w+\) (private )?external /));
    const shown = names(/\(__\w+,__\w+\) external /).toSorted();
    t.strictSame(shown, API);
    const asked = [...new Set(names(/\(undefined\) external /))].filter((name) => !defined.has(name));
    t.strictSame(
      asked.filter((name) => !SYSTEM.includes(name)),
      [],
    );
    t.ok(asked.includes('_sysctlbyname'), 'which instructions there are');
    t.notMatch(stdout, /\(common\)|__DATA,__(data|bss)|__mod_init_func/, 'no variables, nothing runs at load');
  }
});

t.test('the archive links', async (t) => {
  for (const { identifier, minimum } of LIBRARIES) {
    const output = join(folder, `${identifier}.dylib`);
    const platform = identifier.endsWith('simulator') ? 'ios-simulator' : 'ios';
    const command = ['-flavor', 'darwin', '-arch', 'arm64', '-platform_version', platform, minimum, minimum, '-dylib'];
    const archive = join(framework, identifier, 'libedge_deploy.a');
    await run('lld', [
      ...command,
      '-undefined',
      'dynamic_lookup',
      '-u',
      '_ed_session_run',
      '-u',
      '_ed_model_open',
      archive,
      '-o',
      output,
    ]);
    const { stdout } = await run('llvm-nm', ['-gU', output]);
    const shown = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ').at(-1)!);
    t.ok(shown.includes('_ed_session_run') && shown.includes('_ed_model_open'), 'found by the symbol table');
    t.strictSame(
      shown.filter((name) => !API.includes(name)),
      [],
    );
    const undefinedOnes = (await run('llvm-nm', ['-u', output])).stdout
      .split(/\s+/)
      .filter((name) => name.startsWith('_'));
    t.strictSame(
      undefinedOnes.filter((name) => !SYSTEM.includes(name)),
      [],
      'whole',
    );
  }
});

t.test('Info.plist says what stands beside it', async (t) => {
  const binary = join(folder, 'Info.binary.plist');
  const path = join(framework, 'Info.plist');
  await run('plistutil', ['-i', path, '-f', 'bin', '-o', binary]);
  const { stdout } = await run('plistutil', ['-i', binary, '-f', 'xml']);
  const same = (text: string) => text.replace(/^\s+/gm, '');
  t.equal(same(stdout), same(await readFile(path, 'utf8')), 'read and written again by a parser it is the same');
  const values = (key: string) =>
    [...stdout.matchAll(new RegExp(`<key>${key}</key>\\s*(?:<array>\\s*)?<string>(.*?)</string>`, 'g'))].map(
      ([, v]) => v!,
    );
  t.strictSame(values('CFBundlePackageType'), ['XFWK']);
  t.strictSame(values('XCFrameworkFormatVersion'), ['1.0']);
  t.strictSame(values('LibraryIdentifier'), ['ios-arm64', 'ios-arm64-simulator']);
  t.strictSame(values('SupportedArchitectures'), ['arm64', 'arm64']);
  t.strictSame(values('SupportedPlatform'), ['ios', 'ios']);
  t.strictSame(values('SupportedPlatformVariant'), ['simulator']);
  for (const [i, identifier] of values('LibraryIdentifier').entries()) {
    const inside = (name: string) => `EdgeDeploy.xcframework/${identifier}/${name}`;
    t.ok(files.some((file) => file.path === inside(values('LibraryPath')[i]!)));
    t.ok(files.some((file) => file.path.startsWith(`${inside(values('HeadersPath')[i]!)}/`)));
  }
});

t.test('a Swift package, and nothing besides', async (t) => {
  const outside = files.map(({ path }) => path).filter((path) => !path.startsWith('EdgeDeploy.xcframework/'));
  t.match(outside.toSorted(), [
    /^Package\.swift$/,
    ...Array(5).fill(/^Sources\/EdgeDeploy\/\w+\.swift$/),
    /^Tests\//,
    /^model\.edp$/,
  ]);
  t.equal(outside.length, 8);
  t.equal(files.find(({ path }) => path === 'model.edp')?.data, program);
  const headersOf = (identifier: string) => {
    const start = `EdgeDeploy.xcframework/${identifier}/Headers/`;
    return files
      .filter(({ path }) => path.startsWith(start))
      .map((file) => ({ ...file, path: file.path.slice(start.length) }));
  };
  t.strictSame(headersOf('ios-arm64'), headersOf('ios-arm64-simulator'), 'one set of headers');
  const names = headersOf('ios-arm64').map(({ path }) => path);
  t.ok(['edge_deploy.h', 'paddle_api.h', 'edge_deploy/session.hpp'].every((name) => names.includes(name)));
  t.notOk(names.includes('module.modulemap'), 'which another framework may have');
  const manifest = String(files.find(({ path }) => path === 'Package.swift')?.data);
  t.match(manifest, /^\/\/ swift-tools-version:5\.5\n/);
});

t.test('clang imports the C header as a module, beside that of another framework', async (t) => {
  const other = join(folder, 'include', 'OtherC');
  const copied = files
    .filter(({ path }) => path.startsWith('EdgeDeploy.xcframework/ios-arm64/Headers/'))
    .map((file) => ({ ...file, path: file.path.replace('EdgeDeploy.xcframework/ios-arm64/Headers/', '') }));
  await write(copied, join(folder, 'include'));
  await mkdir(other);
  await writeFile(join(other, 'module.modulemap'), 'module OtherC { header "other.h" }\n');
  await writeFile(join(other, 'other.h'), 'unsigned other(unsigned paths);\n');
  const source = join(folder, 'import.m');
  const lines = [
    '@import EdgeDeployC;',
    '@import OtherC;',
    'unsigned both(void) { return other(ed_cpu_paths()); }',
    '',
  ];
  await writeFile(source, lines.join('\n'));
  const modules = ['-fmodules', '-fimplicit-module-maps', `-fmodules-cache-path=${join(folder, 'modules')}`];
  const object = join(folder, 'import.o');
  const command = [
    'cc',
    '-target',
    'aarch64-ios.13.0',
    '-ffreestanding',
    '-Werror',
    ...modules,
    '-c',
    source,
    '-o',
    object,
  ];
  await run(zig, [...command, '-I', join(folder, 'include')]);
  const { stdout } = await run('llvm-nm', [object]);
  t.match(stdout, /U _ed_cpu_paths/);
  await t.rejects(run(zig, command), /module 'EdgeDeployC' not found/, 'without its folder there is none');
});

t.test('a program for Paddle-Lite’s light API is Objective-C++ for iOS', async (t) => {
  // The C library's declarations of Darwin come with the compiler; those of iOS alone do not.
  const { stdout: environment } = await run(zig, ['env']);
  const library = /\.lib_dir = "(.*)"/.exec(environment)![1]!;
  const system = ['-isystem', join(library, 'libc', 'include', 'any-darwin-any')];
  const source = join(packageRoot, 'test', 'kernels', 'paddle-api', 'light_api.cpp');
  const header = join(folder, 'header.mm');
  await writeFile(
    header,
    '#include <paddle_api.h>\nvoid (*volatile failing)(const std::string &) = edge_deploy::fail;\n',
  );
  const compiled = async (file: string, ...flags: string[]) => {
    const object = join(folder, 'light.o');
    const target = ['-target', 'aarch64-ios.13.0', ...system, '-I', headers];
    await run(zig, ['c++', ...target, '-x', 'objective-c++', '-std=c++11', ...flags, '-c', file, '-o', object]);
    return (await run('llvm-nm', ['-u', object])).stdout;
  };
  t.match(await compiled(source), /_ed_session_run/);
  t.match(await compiled(header), /___cxa_throw/);
  t.notMatch(await compiled(header, '-fno-exceptions'), /___cxa_throw/);
});

t.test('two builds are the same to the byte', async (t) => {
  t.teardown(restoring('EDGE_DEPLOY_CACHE'));
  process.env.EDGE_DEPLOY_CACHE = join(folder, 'another cache');
  const again = await iosFiles({ program });
  t.strictSame(
    again.map(({ path }) => path),
    files.map(({ path }) => path),
  );
  t.ok(again.every(({ data }, i) => Buffer.from(data).equals(Buffer.from(files[i]!.data))));
});
