import { type Progress, silent } from '../base/events.js';
import { askYesNo } from './ask.js';
import { describeError } from './errors.js';
import { ProgressView } from './progress.js';

/** What a command may touch of the outside: results go to stdout, everything else to stderr. */
export interface Context {
  readonly verbose: boolean;
  readonly dryRun: boolean;
  /** Milliseconds a device may stay silent; undefined: a minute, and a runner as long as its timing asks for. */
  readonly silenceMs: number | undefined;
  readonly signal: AbortSignal;
  readonly command: string;
  /** The result in words; nothing is printed with --json. */
  print(text: string): void;
  /** Adds fields to the one document that --json prints at the end, whether the command succeeds or fails. */
  result(fields: Readonly<Record<string, unknown>>): void;
  /** One line of progress or warning; nothing with --quiet. */
  note(text: string): void;
  /** A failure after which the command goes on. */
  complain(error: unknown): void;
  readonly onProgress: (event: Progress) => void;
  /** Asks on the terminal, one question at a time; undefined where nobody can or may be asked. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}

export interface ContextOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly dryRun?: boolean;
  readonly noInput?: boolean;
  /** Seconds. */
  readonly timeout?: number;
}

export interface Surroundings {
  readonly signal: AbortSignal;
  /** The command line, for records. */
  readonly command: string;
  /** Collects what --json prints. */
  readonly document: Record<string, unknown>;
}

export function createContext(options: ContextOptions, { signal, command, document }: Surroundings): Context {
  const { json = false, quiet = false, verbose = false, dryRun = false, noInput = false, timeout } = options;
  const view = new ProgressView(process.stderr);
  // Node opens the input when it is first looked at.
  const canAsk = !json && !noInput && process.stderr.isTTY === true && process.stdin.isTTY === true;
  let asked: Promise<unknown> = Promise.resolve();
  return {
    verbose,
    dryRun,
    silenceMs: timeout === undefined ? undefined : timeout * 1000,
    signal,
    command,
    print: (text) => {
      if (json) return;
      view.clear();
      process.stdout.write(`${text}\n`);
    },
    result: (fields) => void Object.assign(document, fields),
    note: quiet ? () => {} : (text) => view.line(text),
    complain: (error) => view.line(describeError(error, false)),
    onProgress: quiet || json ? silent : (event) => view.show(event),
    ask: canAsk
      ? (question) => {
          const answer = asked.then(() => {
            view.clear();
            return askYesNo(question, process.stdin, process.stderr, signal);
          });
          asked = answer.catch(() => {});
          return answer;
        }
      : undefined,
  };
}
