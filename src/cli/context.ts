import { type Progress, silent } from '../base/events.js';

/** What a command may touch of the outside: results go to stdout, everything else to stderr. */
export interface Context {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly dryRun: boolean;
  /** Milliseconds a device may stay silent; undefined: a minute, and a runner as long as its timing asks for. */
  readonly silenceMs: number | undefined;
  readonly signal: AbortSignal;
  readonly command: string;
  print(text: string): void;
  /** One line of progress or warning. */
  note(text: string): void;
  readonly onProgress: (event: Progress) => void;
}

export interface ContextOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly dryRun?: boolean;
  /** Seconds. */
  readonly timeout?: number;
}

export function createContext(options: ContextOptions, signal: AbortSignal, command: string): Context {
  const note = (text: string) => void process.stderr.write(`${text}\n`);
  return {
    json: options.json ?? false,
    verbose: options.verbose ?? false,
    dryRun: options.dryRun ?? false,
    silenceMs: options.timeout === undefined ? undefined : options.timeout * 1000,
    signal,
    command,
    print: (text) => void process.stdout.write(`${text}\n`),
    note: options.quiet ? () => {} : note,
    onProgress: options.quiet || options.json ? silent : reporter(),
  };
}

/** One line an event; a transfer's bytes overwrite themselves on a terminal and are left out elsewhere. */
function reporter(): (event: Progress) => void {
  let last = '';
  return ({ message, current, total }) => {
    const moving = current !== undefined && total !== undefined && total > 0;
    if (moving && process.stderr.isTTY) {
      process.stderr.write(`\r${message} ${Math.floor((100 * current) / total)} %${current === total ? '\n' : ''}`);
      return;
    }
    if (message === last) return;
    last = message;
    process.stderr.write(`${message}\n`);
  };
}
