import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { EdgeDeployError } from '../base/errors.js';

/**
 * Asks until the answer is yes or no; the end of the input is a no. Throws E_INTERRUPTED for Ctrl-C. The terminal stays as it
 * is: it echoes, and turns Ctrl-C into a signal.
 */
export async function askYesNo(
  question: string,
  input: Readable,
  output: Writable,
  signal: AbortSignal,
): Promise<boolean> {
  const lines = createInterface({ input, terminal: false });
  const stop = () => lines.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    output.write(`${question} (yes/no) `);
    for await (const line of lines) {
      const answer = line.trim().toLowerCase();
      if (answer === 'yes') return true;
      if (answer === 'no') return false;
      output.write("Please type 'yes' or 'no': ");
    }
    if (signal.aborted) throw new EdgeDeployError('E_INTERRUPTED', 'interrupted');
    output.write('\n');
    return false;
  } finally {
    signal.removeEventListener('abort', stop);
    lines.close();
  }
}
