/** The Java side of the library: PaddlePredictor.jar, by `javac` and `jar` of the user's JDK alone. */
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../src/base/cache-folder.js';
import { EdgeDeployError } from '../src/base/errors.js';
import { silent } from '../src/base/events.js';
import { packageRoot } from '../src/base/package-root.js';
import { type BuildOptions, type BuiltFile, hashOf } from './build.js';
import { cachedFile } from './build-cache.js';
import { filesUnder } from './sources.js';
import { inTemporaryFolder } from './storage.js';

export interface Jdk {
  readonly javac: string;
  readonly jar: string;
  /** As javac says it: "17.0.15". */
  readonly version: string;
}

/** The first whose `jar` takes --date. */
const OLDEST = 17;

const INSTALL = 'Install one (Debian, Ubuntu: apt install openjdk-17-jdk-headless), or set JAVA_HOME to one.';

/** The earliest that a ZIP file can say without a time zone. */
export const DATE = '1980-01-01T00:00:02Z';

/** In other locales the JDK cannot name files outside ASCII; its own variable would add flags that the hash does not know. */
const ENVIRONMENT = { LC_ALL: 'C.UTF-8', JDK_JAVAC_OPTIONS: '' };

const SOURCES = join(packageRoot, 'kernels', 'compat', 'java');

/** The JDK that JAVA_HOME names, or else the first on the PATH. Throws E_TOOLCHAIN when there is none that will do. */
export async function findJdk(signal?: AbortSignal): Promise<Jdk> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const home = process.env.JAVA_HOME;
  const folders = home ? [join(home, 'bin')] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = folders.map((folder) => join(folder, `javac${suffix}`)).find((file) => existsSync(file));
  if (found === undefined) {
    const why = home ? `JAVA_HOME names ${home}, which has no javac` : 'there is no javac';
    throw new EdgeDeployError('E_TOOLCHAIN', why, { hint: INSTALL });
  }
  // The commands on the PATH may be links into different JDKs; what stands beside the compiler belongs to it.
  const javac = realpathSync(found);
  const jar = join(dirname(javac), `jar${suffix}`);
  const { all, exitCode } = await run(javac, ['-version'], signal);
  const [, version, major] = /javac ((\d+)\S*)/.exec(all) ?? [];
  if (exitCode !== 0 || version === undefined || !existsSync(jar)) {
    throw new EdgeDeployError('E_TOOLCHAIN', `${javac} is not of a working JDK: ${all.trim() || 'no answer'}`, {
      hint: INSTALL,
    });
  }
  if (Number(major) < OLDEST) {
    throw new EdgeDeployError('E_TOOLCHAIN', `${javac} is of JDK ${version}; ${OLDEST} or later is needed`, {
      hint: INSTALL,
    });
  }
  return { javac, jar, version };
}

/**
 * Compiles Java files, for Java 8 and Android, into a folder of class files. Throws E_TOOLCHAIN with the compiler's own
 * words.
 */
export async function compileJava(
  sources: readonly string[],
  classpath: readonly string[],
  output: string,
  signal?: AbortSignal,
): Promise<void> {
  const jdk = await findJdk(signal);
  const flags = ['--release', '8', '-encoding', 'UTF-8', '-proc:none', '-Xlint:none'];
  // An empty one, as javac would otherwise look in the environment and the current folder.
  const path = classpath.length > 0 ? classpath.join(delimiter) : output;
  await mkdir(output, { recursive: true });
  await runTool(jdk.javac, [...flags, '-classpath', path, '-d', output, ...sources], signal);
}

/**
 * PaddlePredictor.jar, compiled or found in the cache by the hash of its sources and the JDK's version. The same JDK makes
 * the same bytes. Throws E_TOOLCHAIN without a JDK of 17 or later, E_INTERRUPTED when `signal` says so.
 */
export async function buildJar(options: BuildOptions = {}): Promise<BuiltFile> {
  const { onProgress = silent, signal } = options;
  const jdk = await findJdk(signal);
  const sources = filesUnder(SOURCES, '.java');
  const hash = hashOf([jdk.version, DATE], sources);
  const path = join(cacheFolder(), 'builds', 'java', `${hash.slice(0, 16)}-PaddlePredictor.jar`);
  const make = async (part: string): Promise<void> => {
    onProgress({ stage: 'build', message: 'compiling PaddlePredictor.jar' });
    await writeFile(
      part,
      await inTemporaryFolder('edge-deploy-jar-', (temporary) => archive(jdk, sources, temporary, signal)),
    );
  };
  const made = await cachedFile(path, make, { ...options, what: 'PaddlePredictor.jar' });
  return { path, ...made, hash, compiler: jdk.version };
}

/** Nothing of it depends on the machine: the order and dates of entries, the manifest, and no compression to vary. */
async function archive(
  jdk: Jdk,
  sources: readonly string[],
  temporary: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const classes = join(temporary, 'classes');
  const manifest = join(temporary, 'manifest');
  const output = join(temporary, 'PaddlePredictor.jar');
  await compileJava(sources, [], classes, signal);
  // `jar` would name itself here.
  await writeFile(manifest, 'Manifest-Version: 1.0\nCreated-By: edge-deploy\n');
  const entries = filesUnder(classes, '.class').flatMap((file) => ['-C', classes, relative(classes, file)]);
  const options = ['--create', '--no-compress', '--date', DATE, '--manifest', manifest, '--file', output];
  await runTool(jdk.jar, [...options, ...entries], signal);
  return readFile(output);
}

async function run(
  file: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ all: string; exitCode: number | undefined }> {
  const result = await execa(file, args, {
    all: true,
    reject: false,
    stdin: 'ignore',
    env: ENVIRONMENT,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  if (result.isCanceled) throw new EdgeDeployError('E_INTERRUPTED', 'the work of the JDK was interrupted');
  return { all: String(result.all), exitCode: result.exitCode };
}

/** Runs a tool of the JDK. Throws E_TOOLCHAIN with its own words when it fails. */
export async function runTool(file: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const { all, exitCode } = await run(file, args, signal);
  if (exitCode === 0) return;
  throw new EdgeDeployError('E_TOOLCHAIN', `${file} failed:\n${all.trim().slice(-4000)}`, {
    hint: 'If the message names a missing file or no space left, repair that; else report it as a bug.',
  });
}
