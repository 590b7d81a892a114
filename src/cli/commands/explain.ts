import { EdgeDeployError, type ErrorCode, EXIT_CODES } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import { defineCommand } from '../command.js';
import { EXPLANATIONS } from '../explanations.js';

/** What an error code means and what helps. */
export const explain = defineCommand({
  name: 'explain',
  summary: 'explain an error code, or list them all',
  configure: (command) => void command.argument('[code]', 'E_…'),

  async run(context, [code]) {
    const codes = Object.keys(EXIT_CODES) as ErrorCode[];
    const wanted = code?.toUpperCase();
    const chosen = wanted === undefined ? codes : codes.filter((known) => known === wanted || known === `E_${wanted}`);
    if (chosen.length === 0) {
      const guess = nearest(wanted!, codes);
      throw new EdgeDeployError('E_USAGE', `there is no error code '${code}'`, {
        hint: guess ? `Did you mean ${guess}?` : 'Run explain without a code for the list.',
      });
    }
    context.result({
      codes: chosen.map((known) => ({ code: known, exitCode: EXIT_CODES[known], text: EXPLANATIONS[known] })),
    });
    for (const known of chosen) context.print(`${known} (exit code ${EXIT_CODES[known]}): ${EXPLANATIONS[known]}`);
    return 0;
  },
});
