import type { Progress } from '../base/events.js';
import { formatBytes } from '../report/format.js';

/** Where progress is shown: standard error, or a stand-in. */
export interface Screen {
  write(text: string): void;
  /** A terminal, on which a line can be written over. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Milliseconds between two pictures of one bar. */
const REFRESH = 50;

/**
 * Progress on a terminal is one bar, which overwrites itself and gives way to whatever else is written; elsewhere it is a line
 * an event, and of a transfer only its beginning.
 */
export class ProgressView {
  readonly #screen: Screen;
  readonly #overwrites: boolean;
  #last = '';
  #drawn = false;
  #drawnAt = 0;

  constructor(screen: Screen, terminal = process.env.TERM) {
    this.#screen = screen;
    this.#overwrites = screen.isTTY === true && terminal !== 'dumb';
  }

  show({ stage, message, current, total }: Progress): void {
    if (current === undefined || total === undefined || total === 0) {
      if (message !== this.#last) this.line(message);
      this.#last = message;
      return;
    }
    if (!this.#overwrites) {
      if (current === 0) this.line(message);
      return;
    }
    const format = stage === 'push' ? formatBytes : String;
    if (current >= total) {
      this.line(`${message}: ${format(total)}`);
      return;
    }
    if (this.#drawn && performance.now() - this.#drawnAt < REFRESH) return;
    this.#drawnAt = performance.now();
    this.#drawn = true;
    const text = `${message} ${bar(current / total)} ${format(current)} of ${format(total)}`;
    // A line that wraps could not be written over.
    this.#screen.write(`\r${text.slice(0, (this.#screen.columns ?? 80) - 1)}\x1b[K`);
  }

  /** Takes the bar away: something else is about to be written. */
  clear(): void {
    if (this.#drawn) this.#screen.write('\r\x1b[K');
    this.#drawn = false;
  }

  /** A line of its own. */
  line(text: string): void {
    this.clear();
    this.#screen.write(`${text}\n`);
  }
}

/** Twenty cells and per cent. */
function bar(share: number): string {
  const filled = Math.floor(share * 20);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${String(Math.floor(share * 100)).padStart(2)} %`;
}
