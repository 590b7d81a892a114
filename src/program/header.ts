import { createHash } from 'node:crypto';
import { ACTIVATION_KINDS } from '../ir/graph.js';
import { BINARY_KINDS, DTYPES, type FieldType, MAX_RANK, PATHS, STEPS } from '../steps/ledger.js';

/** Records by step with every field's byte offset, in ledger order; a step's code is its place + 1. */
export interface RecordLayout {
  readonly code: number;
  readonly bytes: number;
  readonly fields: ReadonlyMap<string, { readonly type: FieldType; readonly offset: number; readonly count: number }>;
}

export function recordLayouts(): ReadonlyMap<string, RecordLayout> {
  const layouts = new Map<string, RecordLayout>();
  for (const [step, fields] of Object.entries(STEPS)) {
    const placed = new Map<string, { type: FieldType; offset: number; count: number }>();
    let offset = 0;
    for (const [name, type] of Object.entries(fields as Record<string, FieldType>)) {
      const count = Number(/\[(\d+)\]$/.exec(type)?.[1] ?? 1);
      placed.set(name, { type, offset, count });
      offset += 4 * count;
    }
    layouts.set(step, { code: layouts.size + 1, bytes: offset, fields: placed });
  }
  return layouts;
}

/** The first 32 bits of a hash over everything the two sides must agree on. */
export function abiHash(): number {
  const facts = JSON.stringify([FORMAT_VERSION, STEPS, ACTIVATION_KINDS, BINARY_KINDS, DTYPES, PATHS, MAX_RANK]);
  return createHash('sha256').update(facts).digest().readUInt32LE(0);
}

/** Raised by hand when the file's own layout (format.ts) changes. */
export const FORMAT_VERSION = 2;

/** The text of `kernels/core/program.h`, the only generated file of the repository. */
export function generateHeader(): string {
  const lines = [
    '/* Generated from src/steps/ledger.ts by `npm run generate`; do not edit. A test fails when it is stale. */',
    '#ifndef ED_PROGRAM_H',
    '#define ED_PROGRAM_H',
    '',
    '#include <stddef.h>',
    '#include <stdint.h>',
    '',
    `#define ED_ABI 0x${abiHash().toString(16).padStart(8, '0')}u`,
    `#define ED_MAX_RANK ${MAX_RANK}`,
    '',
    '/* Address of an operand: bit 31 set = constants, else arena; the other bits are a byte offset. */',
    'typedef uint32_t ed_ref;',
    '#define ED_REF_NONE 0xffffffffu',
    '#define ED_REF_CONSTANT 0x80000000u',
    '',
    ...enumeration('ed_activation', 'ED_ACT', ['none', ...ACTIVATION_KINDS]),
    ...enumeration('ed_binary', 'ED_BINARY', BINARY_KINDS),
    ...enumeration('ed_dtype', 'ED_DTYPE', DTYPES),
    ...enumeration('ed_path', 'ED_PATH', PATHS),
    '/* Every step, in the order of its code (1, 2, …). */',
    '#define ED_STEPS(X) \\',
    ...[...recordLayouts().keys()].map((step, i, all) => `  X(${step}, ${i + 1})${i + 1 < all.length ? ' \\' : ''}`),
    '',
    '#define ED_STEP_CODE(step, code) ED_STEP_##step = code,',
    'enum ed_step { ED_STEPS(ED_STEP_CODE) };',
    '#undef ED_STEP_CODE',
    '',
  ];
  for (const [step, layout] of recordLayouts()) {
    const struct = `struct ed_${step}_record`;
    lines.push(`${struct} {`);
    for (const [name, field] of layout.fields) {
      const base = field.type.replace(/\[.*/, '');
      const type = base === 'ref' ? 'ed_ref' : base === 'f32' ? 'float' : base === 'u32' ? 'uint32_t' : 'int32_t';
      lines.push(`  ${type} ${name}${field.count > 1 ? `[${field.count}]` : ''};`);
    }
    lines.push('};', `_Static_assert(sizeof(${struct}) == ${layout.bytes}, "${step}");`);
    const last = [...layout.fields].at(-1)!;
    lines.push(`_Static_assert(offsetof(${struct}, ${last[0]}) == ${last[1].offset}, "${step}.${last[0]}");`, '');
  }
  lines.push('#endif', '');
  return lines.join('\n');
}

function enumeration(name: string, prefix: string, members: readonly string[]): string[] {
  return [
    `enum ${name} {`,
    ...members.map((member, i) => `  ${prefix}_${member.toUpperCase()} = ${i},`),
    `  ${prefix}_COUNT = ${members.length}`,
    '};',
    '',
  ];
}
