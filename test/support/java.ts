import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildJar, buildJniLibrary, compileJava, findJdk } from '../../toolchains/index.js';

export interface JavaOptions {
  /** More flags of `java`. */
  readonly flags?: readonly string[];
  /** A limit of its address space, in kilobytes. */
  readonly limit?: number;
}

/** Starts a Java program of the test and returns what it printed; rejects when it fails. */
export type RunJava = (
  main: string,
  args: readonly string[],
  options?: JavaOptions,
) => Promise<{ stdout: string; stderr: string }>;

/** Compiles Java programs against PaddlePredictor.jar, in `folder`, where the native library stands as in a package. */
export async function prepareJava(folder: string, sources: readonly string[]): Promise<RunJava> {
  const { javac, version } = await findJdk();
  const jar = await buildJar();
  const library = await buildJniLibrary({ platform: 'host' });
  await mkdir(join(folder, 'lib'), { recursive: true });
  await writeFile(join(folder, 'lib', 'libpaddle_lite_jni.so'), library.bytes);
  const classes = join(folder, 'classes');
  await compileJava(sources, [jar.path], classes);
  const common = [`-Djava.library.path=${join(folder, 'lib')}`, '-cp', [jar.path, classes].join(delimiter)];
  // Java 24 and later warn about libraries that nobody allowed.
  if (Number.parseInt(version, 10) >= 24) common.push('--enable-native-access=ALL-UNNAMED');
  return (main, args, { flags = [], limit } = {}) => {
    const command = [join(dirname(javac), 'java'), ...common, ...flags, main, ...args];
    const shell = ['-c', `ulimit -v ${limit ?? 'unlimited'}; exec "$@"`, 'sh'];
    return promisify(execFile)('sh', [...shell, ...command], { maxBuffer: 2 ** 26 });
  };
}
