/**
 * Programs as bytes. What is read and written again unchanged comes out byte for byte the same: fields this version does
 * not know travel along (behind the known ones of their message), absent fields stay absent, repeated numbers are
 * written one tag each, as Paddle does.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import { DamagedMessage, type MessageType, messageTypes } from '../base/message-type.js';
import { packageRoot } from '../base/package-root.js';
import type { Program, TensorDesc } from './messages.js';

const typeNamed = messageTypes(readFileSync(join(packageRoot, 'src/paddle/framework.proto'), 'utf8'));
const programType = typeNamed('Program');
const tensorDescType = typeNamed('TensorDesc');

/** Whether a program file is JSON: one of Paddle 3. */
export function looksLikePir(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b;
}

/** Decodes a `.pdmodel` or `__model__` file; `file` is for messages. Throws E_MODEL when the bytes are not a Paddle program. */
export function readClassicProgram(bytes: Uint8Array, file = 'the program'): Program {
  if (bytes.length === 0) {
    throw new EdgeDeployError('E_MODEL', `${file} is empty: expected a Paddle program`, {
      hint: 'Export or copy the model again.',
    });
  }
  const program = decode(programType, bytes, `${file} is not a Paddle program, or it is damaged`) as Program;
  if (program.blocks.length === 0) {
    throw new EdgeDeployError('E_MODEL', `${file} holds no Paddle program: it has no block`, {
      hint: 'Pass the .pdmodel or __model__ file of an exported inference model.',
    });
  }
  return program;
}

/** The inverse of readClassicProgram. */
export function writeProgram(program: Program): Uint8Array {
  return programType.encode(program);
}

/** Decodes the header message of a saved tensor. Throws E_MODEL with `failure` and the reason. */
export function readTensorDesc(bytes: Uint8Array, failure: string): TensorDesc {
  return decode(tensorDescType, bytes, failure) as TensorDesc;
}

export function writeTensorDesc(desc: TensorDesc): Uint8Array {
  return tensorDescType.encode(desc);
}

function decode(type: MessageType, bytes: Uint8Array, failure: string): unknown {
  try {
    return type.decode(bytes);
  } catch (cause) {
    if (!(cause instanceof DamagedMessage)) throw cause;
    throw new EdgeDeployError(
      'E_MODEL',
      `${failure}: no ${type.name} message at byte ${cause.position} (${cause.message})`,
      { hint: 'Export or copy the model again.', cause },
    );
  }
}
