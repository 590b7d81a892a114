/** The C side of the Java API: what its shared objects show and ask for, and its threads. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import { loadPlans } from '../../src/load.js';
import { buildJniLibrary, jniSources, librarySources } from '../../toolchains/index.js';
import { readElf } from '../support/elf.js';
import { GOLDEN } from '../support/models.js';
import { buildSanitized } from '../support/sanitized.js';

t.setTimeout(10 * 60 * 1000);

/** Beside what the library asks for (test/kernels/library.test.ts): memory, files, threads. */
const ALLOWED = [
  /^(malloc|calloc|free|memcpy|memmove|memset|memcmp|bcmp|strlen|strerror|open|open64|read|close|snprintf|__errno_location)$/,
  /^sched_setaffinity$|^pthread_(create|join|mutex_(init|lock|unlock|destroy)|cond_(init|wait|signal|broadcast|destroy))$/,
  /^((exp|log|log1p|erf|pow|sqrt|floor|fmod|rint)f?|getauxval|_ITM_\w+|__cxa_finalize|__gmon_start__)$/,
  /^__aeabi_unwind_cpp_pr[01]$/,
];

t.test('the library itself has none of it', (t) => {
  t.ok(jniSources().length >= 3);
  t.strictSame(
    librarySources().filter((file) => /compat/.test(file)),
    [],
  );
  t.end();
});

for (const platform of ['host', 'linux-armv7', 'linux-armv8'] as const) {
  t.test(`${platform}: it shows the natives of Native.java and nothing else`, async (t) => {
    const text = await readFile(join(packageRoot, 'kernels/compat/java/com/baidu/paddle/lite/Native.java'), 'utf8');
    const natives = Array.from(text.matchAll(/static native [\w[\]]+ (\w+)\(/g), ([, name]) => name!);
    t.ok(natives.length >= 15, natives.join());
    const { sections, symbols } = readElf((await buildJniLibrary({ platform })).bytes);
    t.strictSame(
      symbols.flatMap(({ name, defined }) => (defined ? [name] : [])).toSorted(),
      natives.map((name) => `Java_com_baidu_paddle_lite_Native_${name}`).toSorted(),
    );
    t.strictSame(
      symbols.flatMap(({ name, defined }) => (defined || ALLOWED.some((one) => one.test(name)) ? [] : [name])),
      [],
      'only known functions of the system',
    );
    for (const name of ['.data', '.bss', '.tdata', '.tbss', '.init_array', '.ctors']) t.notOk(sections.get(name), name);
  });
}

t.test('the pool runs every task once, under ThreadSanitizer, AddressSanitizer and UBSan', async (t) => {
  const sources = ['test/compat/jni/check-pool.c', 'kernels/compat/jni/pool.c'];
  for (const sanitizers of ['thread', 'address,undefined']) {
    const program = await buildSanitized(sources, join(t.testdir({}), 'check-pool'), sanitizers);
    const { stdout, stderr } = await promisify(execFile)(program);
    t.equal(stdout + stderr, '0 wrong\n', sanitizers);
  }
});

t.test('a predictor survives when memory or a thread is refused, whichever it is', async (t) => {
  const shapes = [28, 56].map((size) => new Map([['x', [1, 1, size, size]]]));
  const graphs = await loadPlans(join(GOLDEN, 'fashion-mobilenet-2.6'), shapes);
  const { program } = compile(graphs, { architecture: 'x86_64', path: 'ref', precision: 'fp32', l2: 512 * 1024 });
  const folder = t.testdir({});
  await writeFile(join(folder, 'model.edp'), program);
  for (const sanitizers of ['thread', 'address,undefined']) {
    const check = await buildSanitized('test/compat/jni/check-predictor.c', join(folder, 'check'), sanitizers);
    const { stdout, stderr } = await promisify(execFile)(check, [join(folder, 'model.edp')]);
    t.equal(stdout + stderr, '0 wrong\n', sanitizers);
  }
});
