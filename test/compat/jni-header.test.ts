/** Our jni.h against the JDK's own, and the natives against what Native.java declares. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { findJdk } from '../../toolchains/index.js';

const run = promisify(execFile);
const folder = t.testdir({});
const compat = join(packageRoot, 'kernels', 'compat');
const header = join(compat, 'jni', 'jni.h');
const { javac } = await findJdk();
const include = join(dirname(javac), '..', 'include');
/** Beside the header stand the machine's own definitions. */
const jdk = [`-I${include}`, `-I${join(include, process.platform)}`];

t.test('entries of the function table, types and constants are where the JDK has them', async (t) => {
  const text = await readFile(header, 'utf8');
  const members = Array.from(text.matchAll(/\(JNICALL \*(\w+)\)/g), ([, name]) => name!);
  t.ok(members.length >= 27, `${members.length} entries`);
  const types = Array.from(text.matchAll(/\bj[a-z]+(?:Array)?\b/g), ([name]) => name);
  const names = [...new Set(types)].filter((name) => name !== 'jni').toSorted();
  t.ok(names.length >= 19, names.join());
  const facts = [
    ...members.map((name) => `printf("${name} %zu\\n", offsetof(TABLE, ${name}));`),
    ...names.map((name) => `printf("${name} %zu %d\\n", sizeof(${name}), (${name})-1 < (${name})0);`),
    'printf("%d %d\\n", JNI_FALSE, JNI_TRUE);',
  ];
  const printed: string[] = [];
  for (const [name, table, flags] of [
    [header, 'struct JNINativeInterface', []],
    [join(include, 'jni.h'), 'struct JNINativeInterface_', jdk],
  ] as const) {
    const lines = [
      '#include <stddef.h>',
      '#include <stdio.h>',
      `#include "${name}"`,
      'int main(void) {',
      ...facts,
      '}',
    ];
    await writeFile(join(folder, 'facts.c'), `${lines.join('\n')}\n`);
    await run('gcc', [...flags, `-DTABLE=${table}`, join(folder, 'facts.c'), '-o', join(folder, 'facts')]);
    printed.push((await run(join(folder, 'facts'))).stdout);
  }
  t.equal(printed[0], printed[1]);
  t.match(printed[0], /^FindClass 48$/m);
});

t.test('the natives compile against the header of the JDK and the prototypes that javac makes', async (t) => {
  await mkdir(join(folder, 'classes'), { recursive: true });
  const java = join(compat, 'java');
  const native = join(java, 'com/baidu/paddle/lite/Native.java');
  await run(javac, ['-h', folder, '-d', join(folder, 'classes'), '-sourcepath', java, native]);
  // Ours is switched off by its guard.
  const ours = ['-DED_JNI_H', '-include', join(include, 'jni.h')];
  const prototypes = ['-include', join(folder, 'com_baidu_paddle_lite_Native.h'), '-Wmissing-prototypes'];
  const flags = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-fsyntax-only'];
  const { stderr } = await run('gcc', [...flags, ...jdk, ...ours, ...prototypes, join(compat, 'jni/native.c')]);
  t.equal(stderr, '');
});
