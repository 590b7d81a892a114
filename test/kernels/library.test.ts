import t from 'tap';
import { ARCHES, buildProgram } from '../../toolchains/index.js';
import { type Elf, readElf } from '../support/elf.js';

t.setTimeout(10 * 60 * 1000);

/** All the library may ask of the system: memory functions, mathematics, and which instructions there are. */
const ALLOWED =
  /^(memcpy|memmove|memset|memcmp|bcmp|(exp|log|log1p|erf|pow|sqrt|floor|fmod|rint)f?|getauxval|_ITM_\w+|__cxa_finalize|__gmon_start__|__aeabi_unwind_cpp_pr[01])$/;

async function library(arch: (typeof ARCHES)[number]): Promise<Elf> {
  return readElf((await buildProgram({ arch, name: 'library', sources: [], shared: true })).bytes);
}

for (const arch of ARCHES) {
  t.test(`${arch}: no allocation, no stdio, no variables, no constructors`, async (t) => {
    const { sections, symbols } = await library(arch);
    t.strictSame(
      symbols.filter(({ name, defined }) => !defined && !ALLOWED.test(name)).map(({ name }) => name),
      [],
      'only known functions of the system',
    );
    t.ok(symbols.some(({ name, defined }) => name === 'powf' && !defined));
    t.ok(symbols.some(({ name, defined }) => name === 'ed_session_run' && defined));
    t.strictSame(
      symbols.filter(({ name, defined }) => defined && !name.startsWith('ed_')).map(({ name }) => name),
      [],
      'no names but ours',
    );
    for (const name of ['.data', '.bss', '.tdata', '.tbss']) t.notOk(sections.get(name), name);
    const atLoad = ['.preinit_array', '.init_array', '.fini_array', '.ctors', '.dtors'];
    for (const name of atLoad) t.notOk(sections.has(name), `nothing runs by itself: ${name}`);
  });
}

/** AArch64 instructions beyond the first version: those whose bits under the mask are the value. */
const NEWER: Readonly<Record<string, readonly (readonly [mask: number, value: number])[]>> = {
  dotprod: [
    [0x9fe0fc00, 0x0e809400],
    [0x9fc0f400, 0x0f80e000],
  ],
  i8mm: [
    [0xdfe0f400, 0x4e80a400],
    [0xbfe0fc00, 0x0e809c00],
    [0xbf40f400, 0x0f00f000],
  ],
  'half precision': [[0x9f60c400, 0x0e400400]],
  atomics: [
    [0x3f200c00, 0x38200000],
    [0x3fa07c00, 0x08a07c00],
  ],
  sve: [[0x1e000000, 0x04000000]],
};

t.test('newer instructions stand in the functions of their path alone', async (t) => {
  const { symbols, code } = await library('armv8');
  const functions = symbols.filter(({ defined, bytes }) => defined && bytes > 0);
  const users: Record<string, Set<string>> = {};
  for (let at = 0; at < code.bytes.byteLength; at += 4) {
    const instruction = code.bytes.getUint32(at, true);
    for (const [feature, patterns] of Object.entries(NEWER)) {
      if (!patterns.some(([mask, value]) => (instruction & mask) >>> 0 === value)) continue;
      const address = code.address + at;
      const user = functions.find((symbol) => symbol.address <= address && address < symbol.address + symbol.bytes);
      users[feature] ??= new Set();
      users[feature].add(user?.name ?? `0x${address.toString(16)}`);
    }
  }
  t.strictSame(users, {
    dotprod: new Set(['ed_s8_gemm_8x8c4__dotprod']),
    i8mm: new Set(['ed_s8_gemm_8x8c8__i8mm']),
  });
});
