import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildJar, buildProgram, compileJava, findJdk, JNI_CFLAGS, jniSources } from '../../toolchains/index.js';

/** Starts a Java program of the test, with more flags of `java`, and returns what it printed; rejects when it fails. */
export type RunJava = (
  main: string,
  args: readonly string[],
  flags?: readonly string[],
) => Promise<{ stdout: string; stderr: string }>;

/** Compiles Java programs against PaddlePredictor.jar, in `folder`, where the native library stands as in a package. */
export async function prepareJava(folder: string, sources: readonly string[]): Promise<RunJava> {
  const { javac, version } = await findJdk();
  const jar = await buildJar();
  const library = await buildProgram({
    arch: 'host',
    name: 'paddle_lite_jni',
    shared: true,
    sources: jniSources(),
    cflags: JNI_CFLAGS,
  });
  await mkdir(join(folder, 'lib'), { recursive: true });
  await writeFile(join(folder, 'lib', 'libpaddle_lite_jni.so'), library.bytes);
  const classes = join(folder, 'classes');
  await compileJava(sources, [jar.path], classes);
  const common = [`-Djava.library.path=${join(folder, 'lib')}`, '-cp', [jar.path, classes].join(delimiter)];
  // Java 24 and later warn about libraries that nobody allowed.
  if (Number.parseInt(version, 10) >= 24) common.push('--enable-native-access=ALL-UNNAMED');
  return (main, args, flags = []) =>
    promisify(execFile)(join(dirname(javac), 'java'), [...common, ...flags, main, ...args], { maxBuffer: 2 ** 26 });
}
