import { EdgeDeployError } from '../base/errors.js';
import type { DType } from '../ir/tensor.js';
import { DTYPES, PATHS, type Path, type StepName } from '../steps/ledger.js';
import { ARCHITECTURES, HEADER_BYTES, MAGIC, STEP_HEADER_BYTES, TENSOR_BYTES } from './format.js';
import { abiHash, recordLayouts } from './header.js';

/** What a program file says about itself. */
export interface ProgramSummary {
  readonly architecture: (typeof ARCHITECTURES)[number];
  readonly path: Path;
  readonly inputs: readonly ProgramTensor[];
  readonly outputs: readonly ProgramTensor[];
  readonly steps: readonly { readonly step: StepName; readonly name: string; readonly macs: number }[];
  readonly constantBytes: number;
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

/** Reads a program file's header, tensors and step list. Throws E_PROGRAM on damage or another version's file. */
export function readProgramFile(bytes: Uint8Array): ProgramSummary {
  const fail = (message: string, hint = 'Compile the model again.'): never => {
    throw new EdgeDeployError('E_PROGRAM', message, { hint });
  };
  if (!looksLikeProgram(bytes) || bytes.length < HEADER_BYTES) fail('this is not a program file of edge-deploy');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number) => view.getUint32(at, true);
  if (word(8) !== abiHash()) fail('the program file was written by another version of edge-deploy');
  if (view.getBigUint64(16, true) !== BigInt(bytes.length)) {
    fail(`the program file should have ${view.getBigUint64(16, true)} bytes and has ${bytes.length}`);
  }
  const sections = [
    [word(24), (view.getUint16(28, true) + view.getUint16(30, true)) * TENSOR_BYTES],
    [word(32), word(36)],
    [word(44), word(48)],
    [word(52), word(56)],
  ] as const;
  const lacking = sections.some(([start, length]) => start + length > bytes.length);
  if (lacking) fail('the program file is damaged: a section is out of range');
  const text = bytes.subarray(word(44), word(44) + word(48));
  const string = (offset: number) => {
    const end = text.indexOf(0, offset);
    if (offset >= text.length || end < 0) fail('the program file is damaged: a name is out of range');
    return new TextDecoder().decode(text.subarray(offset, end));
  };
  const tensor = (index: number): ProgramTensor => {
    const at = word(24) + index * TENSOR_BYTES;
    const rank = word(at + 8);
    const dtype = DTYPES[word(at + 4)];
    if (rank > 8 || dtype === undefined) return fail('the program file is damaged: a tensor is out of range');
    const shape = Array.from({ length: rank }, (_, axis) => word(at + 12 + 4 * axis));
    return { name: string(word(at)), dtype, shape, bytes: word(at + 48) };
  };
  const names = new Map([...recordLayouts()].map(([name, layout]) => [layout.code, name as StepName]));
  const steps: ProgramSummary['steps'][number][] = [];
  const stepsEnd = word(32) + word(36);
  for (let at = word(32); at < stepsEnd; ) {
    if (at + STEP_HEADER_BYTES > stepsEnd) return fail('the program file is damaged: a step is cut off');
    const end = at + Math.ceil((STEP_HEADER_BYTES + view.getUint16(at + 2, true)) / 16) * 16;
    const step = names.get(view.getUint16(at, true));
    if (step === undefined || end > stepsEnd) return fail('the program file is damaged: a step is out of range');
    steps.push({ step, name: string(word(at + 4)), macs: word(at + 8) * 1024 });
    at = end;
  }
  const inputs = view.getUint16(28, true);
  const outputs = view.getUint16(30, true);
  return {
    architecture: ARCHITECTURES[view.getUint8(12)] ?? fail('the program file is damaged: unknown architecture'),
    path: PATHS[view.getUint8(13)] ?? fail('the program file is damaged: unknown path'),
    inputs: Array.from({ length: inputs }, (_, i) => tensor(i)),
    outputs: Array.from({ length: outputs }, (_, i) => tensor(inputs + i)),
    steps,
    constantBytes: word(56),
    arenaBytes: word(60),
    fileBytes: bytes.length,
  };
}
