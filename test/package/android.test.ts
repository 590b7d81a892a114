import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { cacheFolder } from '../../src/base/cache-folder.js';
import { packageRoot } from '../../src/base/package-root.js';
import { ANDROID_ABIS, type AndroidAbi, androidFiles } from '../../src/package/android.js';
import { filesUnder, SYSROOT } from '../../toolchains/sources.js';
import { DT_TEXTREL, type Elf, PT_GNU_RELRO, PT_GNU_STACK, PT_LOAD, readElf } from '../support/elf.js';
import { PUBLIC_SYMBOLS } from './android/public-symbols.js';

t.setTimeout(10 * 60 * 1000);

const API_LEVEL = 21;
const PAGE = 0x4000;

const programs = { 'arm64-v8a': Buffer.from('program of 64 bits'), 'armeabi-v7a': Buffer.from('program of 32 bits') };
const files = new Map((await androidFiles({ programs })).map(({ path, data }) => [path, Buffer.from(data)]));
const abis = Object.keys(ANDROID_ABIS) as AndroidAbi[];

t.test('the layout of the package', (t) => {
  t.strictSame([...files.keys()].filter((path) => !path.startsWith('include/')).toSorted(), [
    'assets/arm64-v8a/model.edp',
    'assets/armeabi-v7a/model.edp',
    'edge-deploy.aar',
    ...abis.map((abi) => `example/${abi}/minimal`),
    'example/minimal.c',
    ...abis.flatMap((abi) =>
      ['libedge_deploy.a', 'libedge_deploy.so', 'libpaddle_lite_jni.so'].map((name) => `lib/${abi}/${name}`),
    ),
  ]);
  for (const name of ['edge_deploy.h', 'paddle_api.h']) t.ok(files.has(`include/${name}`), name);
  for (const abi of abis) {
    t.strictSame(files.get(`assets/${abi}/model.edp`), programs[abi], abi);
    t.equal(files.get(`lib/${abi}/libedge_deploy.a`)?.toString('latin1', 0, 8), '!<arch>\n');
  }
  t.end();
});

for (const abi of abis) {
  for (const name of ['libedge_deploy.so', 'libpaddle_lite_jni.so']) {
    t.test(`${abi}/${name}`, (t) => {
      const bytes = files.get(`lib/${abi}/${name}`)!;
      const elf = readElf(bytes);
      t.ok(bytes.length < 350_000, `${bytes.length} bytes`);
      isPublic(t, elf, abi === 'arm64-v8a' ? 'arm64' : 'arm');
      t.strictSame(elf.needed, ['libc.so', 'libm.so'], 'asks for libraries that every device has');
      t.equal(elf.soname, name);
      const own = name === 'libedge_deploy.so' ? /^ed_\w+$/ : /^Java_com_baidu_paddle_lite_Native_\w+$/;
      const shown = elf.symbols.filter(({ defined }) => defined).map((symbol) => symbol.name);
      t.ok(shown.length >= 10, shown.join());
      t.strictSame(
        shown.filter((symbol) => !own.test(symbol)),
        [],
        'shows no name but its own',
      );
      // Android before 6 knows only the older table.
      t.ok(elf.sections.get('.hash'), 'its names can be looked up by API 21');
      isNoted(t, elf);
      isLoadable(t, elf);
      t.end();
    });
  }
}

function isPublic(t: Test, { symbols }: Elf, processor: 'arm' | 'arm64'): void {
  const asked = symbols.filter(({ defined }) => !defined).map(({ name }) => name);
  t.ok(asked.length > 0);
  t.strictSame(
    asked.filter((name) => !((PUBLIC_SYMBOLS.get(name)?.[processor] ?? Number.POSITIVE_INFINITY) <= API_LEVEL)),
    [],
    'asks for public names alone',
  );
}

function isNoted(t: Test, elf: Elf): void {
  const note = Buffer.from(elf.contents('.note.android.ident'));
  const [nameBytes, descriptionBytes, type] = [0, 4, 8].map((at) => note.readUInt32LE(at));
  t.strictSame([nameBytes, descriptionBytes, type, note.length], [8, 4, 1, 24]);
  t.equal(note.toString('latin1', 12, 20), 'Android\0');
  t.equal(note.readUInt32LE(20), API_LEVEL);
}

function isLoadable(t: Test, { segments, dynamic }: Elf): void {
  const loaded = segments.filter(({ type }) => type === PT_LOAD);
  t.ok(loaded.length > 1);
  for (const { align } of loaded) t.equal(align, PAGE, 'loads on pages of 4 and 16 KiB');
  t.notOk(
    loaded.some(({ writable, executable }) => writable && executable),
    'nothing is writable and executable',
  );
  const stack = segments.find(({ type }) => type === PT_GNU_STACK);
  t.equal(stack?.executable, false, 'asks for no executable stack');
  t.notOk(dynamic.has(DT_TEXTREL), 'code is not relocated');
  // Whole pages become read-only after relocation: nothing else may be on the last.
  const readOnly = segments.find(({ type }) => type === PT_GNU_RELRO)!;
  t.equal((readOnly.address + readOnly.bytes) % PAGE, 0, 'read-only memory ends with a page');
}

t.test('32-bit code is for EABI 5 with floats in integer registers, and uses NEON', (t) => {
  for (const name of ['libedge_deploy.so', 'libpaddle_lite_jni.so']) {
    const { flags, code } = readElf(files.get(`lib/armeabi-v7a/${name}`)!);
    t.equal(flags, 0x05000200, name);
    // A1 encodings: data processing, and loads and stores of elements.
    let neon = 0;
    for (let at = 0; at < code.bytes.byteLength; at += 4) {
      const top = code.bytes.getUint8(at + 3);
      if (top === 0xf2 || top === 0xf3 || top === 0xf4) neon++;
    }
    t.ok(neon > 1000, `${name}: ${neon} instructions`);
  }
  t.end();
});

t.test('what stands in for bionic has public names alone', (t) => {
  const stubs = filesUnder(join(SYSROOT, 'bionic'), '.c').map((file) => readFileSync(file, 'utf8'));
  const names = stubs.flatMap((text) => Array.from(text.matchAll(/^STUB\((\w+)\)/gm), ([, name]) => name!));
  t.strictSame(names.toSorted(), [...PUBLIC_SYMBOLS.keys()].toSorted());
  t.end();
});

t.test('the AAR has what Android Studio looks for', async (t) => {
  const folder = t.testdir({});
  await writeFile(join(folder, 'edge-deploy.aar'), files.get('edge-deploy.aar')!);
  const jar = async (...args: string[]) => (await promisify(execFile)('jar', args, { cwd: folder })).stdout;
  const lines = (text: string) => text.trimEnd().split('\n');
  t.strictSame(lines(await jar('--list', '--file', 'edge-deploy.aar')), [
    'AndroidManifest.xml',
    'META-INF/com/android/build/gradle/aar-metadata.properties',
    'R.txt',
    'classes.jar',
    'jni/arm64-v8a/libpaddle_lite_jni.so',
    'jni/armeabi-v7a/libpaddle_lite_jni.so',
    'proguard.txt',
  ]);
  await jar('--extract', '--file', 'edge-deploy.aar');
  const text = (name: string) => readFile(join(folder, name), 'utf8');
  t.match(await text('AndroidManifest.xml'), /<manifest [^>]*package="com\.baidu\.paddle\.lite"/);
  t.match(await text('AndroidManifest.xml'), /android:minSdkVersion="21"/);
  t.equal(await text('R.txt'), '');
  const metadata = new Map(
    lines(await text('META-INF/com/android/build/gradle/aar-metadata.properties')).map(
      (line) => line.split('=') as [string, string],
    ),
  );
  t.equal(metadata.get('aarFormatVersion'), '1.0');
  t.equal(metadata.get('aarMetadataVersion'), '1.0');
  for (const abi of abis) {
    t.strictSame(
      await readFile(join(folder, 'jni', abi, 'libpaddle_lite_jni.so')),
      files.get(`lib/${abi}/libpaddle_lite_jni.so`),
    );
  }
  const classes = await jar('--list', '--file', 'classes.jar');
  for (const name of ['MobileConfig', 'PaddlePredictor', 'PowerMode', 'Tensor']) {
    t.match(classes, `com/baidu/paddle/lite/${name}.class`);
  }
  t.match(await text('proguard.txt'), /-keepclasseswithmembernames\S* class com\.baidu\.paddle\.lite\.\*\* \{/);
});

t.test('built again elsewhere, in another time zone, it is the same to the byte', async (t) => {
  const script = `
    const { androidFiles } = await import(${JSON.stringify(join(packageRoot, 'dist/src/package/android.js'))});
    const { createHash } = await import('node:crypto');
    const programs = { 'arm64-v8a': 'program of 64 bits', 'armeabi-v7a': 'program of 32 bits' };
    for (const { path, data } of await androidFiles({ programs })) {
      console.log(path, createHash('sha256').update(data).digest('hex'));
    }`;
  const cache = t.testdir({});
  // Programs are not of interest here, and need a C library that takes minutes.
  for (const arch of ['armv7', 'armv8']) {
    await cp(join(cacheFolder(), 'builds', arch), join(cache, 'builds', arch), { recursive: true });
  }
  const env = { ...process.env, EDGE_DEPLOY_CACHE: cache, TZ: 'Asia/Tokyo' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
  const first = [...files].map(([path, data]) => `${path} ${createHash('sha256').update(data).digest('hex')}\n`);
  t.equal(stdout, first.join(''));
});

t.test('without a JDK it says how to get one', async (t) => {
  const environment = { ...process.env };
  t.teardown(() => {
    process.env = environment;
  });
  process.env = { ...environment, PATH: t.testdir({}) };
  delete process.env.JAVA_HOME;
  await t.rejects(androidFiles({ programs }), { code: 'E_TOOLCHAIN', hint: /openjdk-17-jdk-headless/ });
});
