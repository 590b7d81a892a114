import { EdgeDeployError } from '../base/errors.js';
import type { DType } from '../ir/tensor.js';
import { DTYPES, PATHS, type Path, type StepName } from '../steps/ledger.js';
import { ARCHITECTURES, HEADER_BYTES, MAGIC, PLAN_BYTES, STEP_HEADER_BYTES, TENSOR_BYTES } from './format.js';
import { abiHash, recordLayouts } from './header.js';

/** One plan of a program file: what the board does for one set of input shapes. */
export interface PlanSummary {
  readonly inputs: readonly ProgramTensor[];
  readonly outputs: readonly ProgramTensor[];
  readonly steps: readonly { readonly step: StepName; readonly name: string; readonly macs: number }[];
  readonly arenaBytes: number;
}

/** What a program file says about itself; inputs, outputs and steps beside the list of plans are those of the first. */
export interface ProgramSummary extends PlanSummary {
  readonly architecture: (typeof ARCHITECTURES)[number];
  readonly path: Path;
  readonly plans: readonly PlanSummary[];
  readonly constantBytes: number;
  /** Of the plan that needs the most. */
  readonly arenaBytes: number;
  readonly fileBytes: number;
}

export interface ProgramTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** True when the bytes begin like a program file. */
export function looksLikeProgram(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 8)) === MAGIC;
}

/** Reads a program file's header, tensors and step lists. Throws E_PROGRAM on damage or another version's file. */
export function readProgramFile(bytes: Uint8Array): ProgramSummary {
  const file = new Reader(bytes);
  if (!looksLikeProgram(bytes) || bytes.length < HEADER_BYTES) file.fail('this is not a program file of edge-deploy');
  if (file.word(8) !== abiHash()) file.fail('the program file was written by another version of edge-deploy');
  if (file.word(16) !== bytes.length) {
    file.fail(`the program file should have ${file.word(16)} bytes and has ${bytes.length}`);
  }
  const count = file.half(14);
  file.section(HEADER_BYTES, count * PLAN_BYTES);
  file.section(file.word(24), file.word(28));
  file.section(file.word(32), file.word(36));
  const architecture = ARCHITECTURES[bytes[12]!] ?? file.damaged('unknown architecture');
  const path = PATHS[bytes[13]!] ?? file.damaged('unknown path');
  const plans: PlanSummary[] = [];
  let end = HEADER_BYTES + count * PLAN_BYTES;
  for (let i = 0; i < count; i++) {
    const plan = readPlan(file, HEADER_BYTES + i * PLAN_BYTES, end);
    plans.push(plan.summary);
    end = plan.end;
  }
  return {
    ...(plans[0] ?? file.damaged('it has no plan')),
    architecture,
    path,
    plans,
    constantBytes: file.word(36),
    arenaBytes: Math.max(...plans.map(({ arenaBytes }) => arenaBytes)),
    fileBytes: bytes.length,
  };
}

/** The plan described at `at`, whose sections begin at `first` or later, and where they end. */
function readPlan(file: Reader, at: number, first: number): { summary: PlanSummary; end: number } {
  const [inputs, outputs] = [file.half(20), file.half(22)];
  const [tensors, steps, stepsBytes] = [file.word(at), file.word(at + 4), file.word(at + 8)];
  const tensorsEnd = file.section(tensors, (inputs + outputs) * TENSOR_BYTES, first);
  const end = file.section(steps, stepsBytes, tensorsEnd);
  const tensor = (index: number) => readTensor(file, tensors + index * TENSOR_BYTES);
  const summary = {
    inputs: Array.from({ length: inputs }, (_, i) => tensor(i)),
    outputs: Array.from({ length: outputs }, (_, i) => tensor(inputs + i)),
    steps: readSteps(file, steps, end),
    arenaBytes: file.word(at + 16),
  };
  return { summary, end };
}

function readTensor(file: Reader, at: number): ProgramTensor {
  const rank = file.word(at + 8);
  const dtype = DTYPES[file.word(at + 4)];
  if (rank > 8 || dtype === undefined) return file.damaged('a tensor is out of range');
  const shape = Array.from({ length: rank }, (_, axis) => file.word(at + 12 + 4 * axis));
  return { name: file.string(file.word(at)), dtype, shape, bytes: file.word(at + 48) };
}

function readSteps(file: Reader, start: number, end: number): PlanSummary['steps'] {
  const names = new Map([...recordLayouts()].map(([name, layout]) => [layout.code, name as StepName]));
  const steps: PlanSummary['steps'][number][] = [];
  for (let at = start; at < end; ) {
    if (at + STEP_HEADER_BYTES > end) return file.damaged('a step is cut off');
    const next = at + Math.ceil((STEP_HEADER_BYTES + file.half(at + 2)) / 16) * 16;
    const step = names.get(file.half(at));
    if (step === undefined || next > end) return file.damaged('a step is out of range');
    steps.push({ step, name: file.string(file.word(at + 4)), macs: file.word(at + 8) * 1024 });
    at = next;
  }
  return steps;
}

/** Bytes with their words, sections and strings; what is out of range is refused. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(message: string): never {
    throw new EdgeDeployError('E_PROGRAM', message, { hint: 'Compile the model again.' });
  }

  damaged(how: string): never {
    return this.fail(`the program file is damaged: ${how}`);
  }

  word(at: number): number {
    return this.#view.getUint32(at, true);
  }

  half(at: number): number {
    return this.#view.getUint16(at, true);
  }

  /** Checks that a section lies in the file and not before `first`; returns its end. */
  section(start: number, length: number, first: number = HEADER_BYTES): number {
    if (start < first || start + length > this.#bytes.length) this.damaged('a section is out of range');
    return start + length;
  }

  /** The string at this offset of the file's strings. */
  string(offset: number): string {
    const text = this.#bytes.subarray(this.word(24), this.word(24) + this.word(28));
    const end = text.indexOf(0, offset);
    if (offset >= text.length || end < 0) this.damaged('a name is out of range');
    return new TextDecoder().decode(text.subarray(offset, end));
  }
}
