/**
 * `npm test`: looks for the tools the tests need (on Debian as root it installs what is missing, elsewhere it prints the
 * line), builds the three runners, runs every test file with tap, and ends with the line `N passed, N failed`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { packageRoot } from '../../src/base/package-root.js';
import { buildCounter } from '../../src/deployment/counter.js';
import { ARCHES, buildRunner } from '../../toolchains/index.js';

/** Debian packages by what each brings that tests need: programs by their names, else files. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  'qemu-user': ['qemu-arm', 'qemu-aarch64'],
  adb: ['adb'],
  'openssh-server': ['sshd', 'ssh-keygen'],
  'openssh-client': ['ssh'],
  'g++': ['gcc', 'g++'],
  make: ['make'],
  cmake: ['cmake'],
  llvm: ['llvm-nm', 'llvm-objdump'],
  lld: ['lld'],
  'libplist-utils': ['plistutil'],
  chromium: ['chromium'],
  'libc6-dev': ['/usr/include/stdio.h'],
  'libc6-arm64-cross': ['/usr/aarch64-linux-gnu/lib/libc.so.6'],
  'libc6-armhf-cross': ['/usr/arm-linux-gnueabihf/lib/libc.so.6'],
  'libc6-armel-cross': ['/usr/arm-linux-gnueabi/lib/libc.so.6'],
  'openjdk-17-jdk-headless': ['javac', 'jar', 'java'],
  maven: ['mvn'],
};

const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];

function isInstalled(packageName: string): boolean {
  return TOOLS[packageName]!.every((file) =>
    isAbsolute(file) ? existsSync(file) : FOLDERS.some((folder) => existsSync(join(folder, file))),
  );
}

async function installTools(): Promise<void> {
  const missing = Object.keys(TOOLS).filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    throw new Error(`The tests need tools that are not installed. On Debian: sudo ${line}`);
  }
  process.stdout.write(`installing ${missing.join(', ')}\n`);
  const environment = { env: { DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'inherit' as const };
  await execa('apt-get', ['update', '-q'], environment);
  await execa('apt-get', line.split(' ').slice(1), environment);
}

function testFiles(): string[] {
  const folder = join(packageRoot, 'dist', 'test');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.js'))
    .map((entry) => relative(packageRoot, join(entry.parentPath, entry.name)))
    .toSorted();
}

/** Runs the files, shows one line each and every failure in full, and returns tap's own count. */
async function runTests(files: readonly string[]): Promise<{ passed: number; failed: number; exitCode: number }> {
  const flags = ['--disable-coverage', '--allow-empty-coverage', '--jobs=2', '--timeout=900', '--reporter=tap'];
  const tap = execa('npx', ['tap', 'run', ...flags, ...files], {
    cwd: packageRoot,
    reject: false,
    buffer: false,
    stderr: 'inherit',
    stdin: 'ignore',
  });
  let [passed, failed] = [0, 0];
  for await (const line of createInterface({ input: tap.stdout })) {
    const counts = /^# \{(.*)\}$/.exec(line)?.[1];
    if (counts !== undefined) {
      passed = Number(/\bpass: (\d+)/.exec(counts)?.[1] ?? 0);
      failed = Number(/\btotal: (\d+)/.exec(counts)?.[1] ?? 0) - passed;
    }
    if (!/^\s*$|^\s+ok \d|^\s*\d+\.\.\d+|^\s*# Subtest|^\s+# (time|\{)/.test(line)) process.stdout.write(`${line}\n`);
  }
  const { exitCode } = await tap;
  return { passed, failed, exitCode: exitCode ?? 1 };
}

try {
  await installTools();
  // Of what was compiled last.
  await import('../../toolchains/bundle.js');
  await import('../../toolchains/wasm.js');
  const onProgress = ({ message }: { message: string }) => void process.stdout.write(`${message}\n`);
  for (const arch of ARCHES) await buildRunner({ arch, onProgress });
  await buildCounter(onProgress);
  const files = testFiles();
  process.stdout.write(`${files.length} test files\n`);
  const { passed, failed, exitCode } = await runTests(files);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 || passed === 0 || exitCode !== 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
}
