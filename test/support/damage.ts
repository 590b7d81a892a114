import type { Test } from 'tap';
import { EdgeDeployError } from '../../src/base/errors.js';

/** Most milliseconds that reading a damaged file may take. */
const MOST_MS = 2000;

/** Whether `read` refuses with an error of ours. Any other error is thrown on, and taking long fails the test. */
export function refusesAtOnce(t: Test, read: () => unknown): boolean {
  const start = performance.now();
  try {
    read();
    return false;
  } catch (error) {
    if (!(error instanceof EdgeDeployError) || error.code === 'E_INTERNAL') throw error;
    return true;
  } finally {
    const took = performance.now() - start;
    if (took > MOST_MS) t.fail(`took ${took.toFixed(0)} ms`);
  }
}
