import { EdgeDeployError } from '../base/errors.js';
import { byteLength } from '../ir/tensor.js';
import { DTYPES, PATHS } from '../steps/ledger.js';
import { ALIGNMENT, type Lowered, type LoweredIo, type Operand, OVER_READ_BYTES, type Step } from '../steps/lowered.js';
import { ARCHITECTURES, HEADER_BYTES, MAGIC, PLAN_BYTES, STEP_HEADER_BYTES, TENSOR_BYTES } from './format.js';
import { abiHash, type RecordLayout, recordLayouts } from './header.js';

const ABSENT = 0xffffffff;
const CONSTANT = 0x80000000;

/** A lowered model with its memory planned. */
export interface ProgramPlan {
  readonly lowered: Lowered;
  readonly offsets: ReadonlyMap<string, number>;
  readonly arenaBytes: number;
}

/**
 * The bytes of a program file, as `format.ts` specifies them: one plan for each set of input shapes, all for one CPU path.
 * Constants that are one array are stored once. Equal inputs give equal bytes.
 */
export function writeProgram(plans: readonly [ProgramPlan, ...ProgramPlan[]]): Uint8Array {
  const [{ lowered: first }] = plans;
  const strings = new StringTable();
  const constants = placeConstants(plans.flatMap(({ lowered }) => [...lowered.constants.values()]));
  let at = HEADER_BYTES + plans.length * PLAN_BYTES;
  const sections = plans.map((plan) => {
    const { tensors, steps } = planSections(plan, strings, constants.offsets);
    const tensorsAt = align(at);
    const stepsAt = align(tensorsAt + tensors.length);
    at = stepsAt + steps.length;
    return { plan, tensors, tensorsAt, steps, stepsAt };
  });
  const text = strings.bytes();
  const stringsAt = align(at);
  const constantsAt = align(stringsAt + text.length);
  const size = constantsAt + constants.bytes;
  if (size >= CONSTANT || plans.some(({ arenaBytes }) => arenaBytes >= CONSTANT)) {
    throw new EdgeDeployError('E_MODEL', 'the model needs more than 2 GiB of weights or of working memory', {
      hint: 'Compile it for a smaller input shape, or with int8w.',
    });
  }

  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const words = (offset: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) view.setUint32(offset + 4 * i, value, true);
  };
  file.set(new TextEncoder().encode(MAGIC), 0);
  view.setUint32(8, abiHash(), true);
  view.setUint8(12, ARCHITECTURES.indexOf(first.architecture));
  view.setUint8(13, PATHS.indexOf(first.path));
  view.setUint16(14, plans.length, true);
  view.setUint32(16, size, true);
  view.setUint16(20, first.inputs.length, true);
  view.setUint16(22, first.outputs.length, true);
  words(24, [stringsAt, text.length, constantsAt, constants.bytes]);
  for (const [i, { plan, tensors, tensorsAt, steps, stepsAt }] of sections.entries()) {
    const count = plan.lowered.steps.length;
    words(HEADER_BYTES + i * PLAN_BYTES, [tensorsAt, stepsAt, steps.length, count, plan.arenaBytes]);
    file.set(tensors, tensorsAt);
    file.set(steps, stepsAt);
  }
  file.set(text, stringsAt);
  for (const [data, offset] of constants.offsets) file.set(data, constantsAt + offset);
  return file;
}

/** A plan's tensors and steps, each behind the other. */
function planSections(
  { lowered, offsets }: ProgramPlan,
  strings: StringTable,
  constants: ReadonlyMap<Uint8Array, number>,
): { tensors: Uint8Array; steps: Uint8Array } {
  const layouts = recordLayouts();
  const resolve = (operand: Operand | null): number => {
    if (operand === null) return ABSENT;
    const { space, name, offset } = operand;
    const base = space === 'constants' ? constants.get(lowered.constants.get(name)!) : offsets.get(name);
    if (base === undefined) throw new EdgeDeployError('E_INTERNAL', `operand '${name}' has no place`);
    return space === 'constants' ? (CONSTANT | (base + offset)) >>> 0 : base + offset;
  };
  const tensors = [...lowered.inputs, ...lowered.outputs].map((io) => tensorRecord(io, strings, resolve));
  const steps = lowered.steps.map((step) => stepRecord(step, layouts.get(step.step)!, strings, resolve));
  return { tensors: Buffer.concat(tensors), steps: Buffer.concat(steps) };
}

function align(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

/** Constants one after the other, aligned; the last is followed by the bytes that kernels may over-read. */
function placeConstants(constants: readonly Uint8Array[]): { offsets: Map<Uint8Array, number>; bytes: number } {
  const offsets = new Map<Uint8Array, number>();
  let end = 0;
  for (const data of constants) {
    if (offsets.has(data)) continue;
    offsets.set(data, end);
    end = align(end + data.byteLength);
  }
  return { offsets, bytes: align(end + OVER_READ_BYTES) };
}

function tensorRecord(io: LoweredIo, strings: StringTable, resolve: (operand: Operand) => number): Uint8Array {
  const record = new Uint8Array(TENSOR_BYTES);
  const view = new DataView(record.buffer);
  if (io.shape.length > 8) {
    throw new EdgeDeployError('E_SHAPE', `'${io.name}' has ${io.shape.length} axes, more than eight`, {
      hint: 'Reshape it before you export the model.',
    });
  }
  view.setUint32(0, strings.add(io.name), true);
  view.setUint32(4, DTYPES.indexOf(io.dtype), true);
  view.setUint32(8, io.shape.length, true);
  io.shape.forEach((size, axis) => {
    view.setUint32(12 + 4 * axis, size, true);
  });
  view.setUint32(44, resolve(io.at), true);
  view.setUint32(48, byteLength(io), true);
  return record;
}

function stepRecord(
  step: Step,
  layout: RecordLayout,
  strings: StringTable,
  resolve: (operand: Operand | null) => number,
): Uint8Array {
  const record = new Uint8Array(Math.ceil((STEP_HEADER_BYTES + layout.bytes) / 16) * 16);
  const view = new DataView(record.buffer);
  view.setUint16(0, layout.code, true);
  view.setUint16(2, layout.bytes, true);
  view.setUint32(4, strings.add(step.name), true);
  view.setUint32(8, Math.ceil(step.macs / 1024), true);
  for (const [field, { type, offset, count }] of layout.fields) {
    const value = step.fields[field]!;
    const at = STEP_HEADER_BYTES + offset;
    if (type === 'ref') view.setUint32(at, resolve(value as Operand | null), true);
    else if (type === 'f32') view.setFloat32(at, value as number, true);
    else {
      const list = typeof value === 'number' ? [value] : (value as readonly number[]);
      const least = type.startsWith('i32') ? -(2 ** 31) : 0;
      if (
        list.length !== count ||
        !list.every((word) => Number.isInteger(word) && word >= least && word < least + 2 ** 32)
      ) {
        throw new EdgeDeployError(
          'E_INTERNAL',
          `step ${step.step} '${step.name}': field '${field}' is ${JSON.stringify(value)}`,
        );
      }
      list.forEach((word, i) => {
        view.setInt32(at + 4 * i, word, true);
      });
    }
  }
  return record;
}

/** NUL-terminated strings, each stored once. */
class StringTable {
  readonly #offsets = new Map<string, number>();
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.#length;
    const bytes = new TextEncoder().encode(`${text.replaceAll('\0', ' ')}\0`);
    this.#parts.push(bytes);
    this.#offsets.set(text, offset);
    this.#length += bytes.length;
    return offset;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts.length > 0 ? this.#parts : [new Uint8Array(1)]);
  }
}
