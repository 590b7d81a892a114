import type { Test } from 'tap';
import { EdgeDeployError, type ErrorCode } from '../../src/base/errors.js';

/** Whatever `work` throws or rejects with; undefined when it succeeds. */
export async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** `work` must fail with an error of ours that has this code, a hint, and a message that matches all of `messages`. */
export async function refuses(
  t: Test,
  work: () => unknown,
  code: ErrorCode,
  ...messages: readonly (RegExp | string)[]
): Promise<EdgeDeployError> {
  const error = await failureOf(work);
  if (!(error instanceof EdgeDeployError)) {
    t.fail(`expected ${code}`, { found: error });
    throw error ?? new Error('nothing was thrown');
  }
  t.equal(error.code, code, error.message);
  t.ok(error.hint, `a hint: ${error.hint}`);
  for (const message of messages) {
    if (typeof message === 'string') t.ok(error.message.includes(message), `'${error.message}' holds '${message}'`);
    else t.match(error.message, message);
  }
  return error;
}
