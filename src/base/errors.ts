/**
 * The one shape of a failure. Every error a user can cause is an EdgeDeployError: what happened (`message`), what to
 * do about it (`hint`), and the exit code of the command line that belongs to it. Anything else that is thrown is a
 * bug of ours and is reported as one.
 */

/** Error code → process exit code. The codes and their meaning are listed by `edge-deploy explain`. */
export const EXIT_CODES = {
  E_INTERNAL: 1,
  E_USAGE: 2,
  E_CONFIG: 2,
  E_TARGET_UNKNOWN: 2,
  E_TARGET_AMBIGUOUS: 2,
  E_INPUT: 2,
  E_OUTPUT: 2,
  E_MODEL: 3,
  E_MODEL_NOT_FOUND: 3,
  E_OP: 3,
  E_SHAPE: 3,
  E_WEIGHTS: 3,
  E_PROGRAM: 3,
  E_TOOLCHAIN: 4,
  E_TOOL_MISSING: 4,
  E_UNREACHABLE: 5,
  E_DNS: 5,
  E_ADB_OFFLINE: 5,
  E_ADB_NO_DEVICE: 5,
  E_ADB_UNAUTHORIZED: 6,
  E_ADB_PERMISSIONS: 6,
  E_HOSTKEY_UNKNOWN: 6,
  E_HOSTKEY_CHANGED: 6,
  E_AUTH: 6,
  E_DISK_FULL: 7,
  E_DEVICE_PERM: 7,
  E_WRONG_ARCH: 7,
  E_CPU_FEATURE: 8,
  E_KILLED: 8,
  E_CRASH: 8,
  E_RUN: 8,
  E_TIMEOUT: 8,
  E_MISMATCH: 9,
  E_SOME_TARGETS: 20,
  E_INTERRUPTED: 130,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof EXIT_CODES;

export interface ErrorOptions {
  /** What the user should do. One sentence, imperative. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Structured facts for `--json`, e.g. the list of unsupported ops. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export class EdgeDeployError extends Error {
  override readonly name = 'EdgeDeployError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}
