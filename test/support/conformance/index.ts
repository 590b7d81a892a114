import type { Test } from 'tap';
import { runConformance } from './runs.js';
import { storageConformance } from './storage.js';
import { transferConformance } from './transfers.js';
import { type Subject, Workbench } from './workbench.js';

export { probeFor } from './workbench.js';

/** What every device owes its callers: `deploy/device.ts`. */
export async function deviceConformance(t: Test, subject: Subject): Promise<void> {
  const bench = await Workbench.open(t, subject);
  transferConformance(t, bench);
  runConformance(t, bench);
  storageConformance(t, bench);
}
