import { EdgeDeployError } from '../base/errors.js';

/** An error as people read it: code and message, what caused it, what to do. A bug of ours also shows its stack. */
export function describeError(error: unknown, debug: boolean): string {
  if (!(error instanceof EdgeDeployError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `Error E_INTERNAL: this is a bug in edge-deploy, please report it\n${stack}`;
  }
  const lines = [`Error ${error.code}: ${error.message}`];
  const { cause } = error;
  if (cause instanceof Error && !error.message.includes(cause.message)) lines.push(`  Caused by: ${cause.message}`);
  if (error.hint) lines.push(`  Hint: ${error.hint}`);
  if (debug || error.code === 'E_INTERNAL') lines.push(error.stack ?? '');
  return lines.join('\n');
}

/** The same for `--json`. */
export function errorRecord(error: unknown): Record<string, unknown> {
  if (error instanceof EdgeDeployError) {
    return {
      code: error.code,
      exitCode: error.exitCode,
      message: error.message,
      hint: error.hint,
      details: error.details,
    };
  }
  return { code: 'E_INTERNAL', exitCode: 1, message: error instanceof Error ? error.message : String(error) };
}

export function exitCodeOf(error: unknown): number {
  return error instanceof EdgeDeployError ? error.exitCode : 1;
}
