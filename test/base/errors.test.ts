import t from 'tap';
import { EdgeDeployError, EXIT_CODES } from '../../src/base/errors.js';

t.test('an error knows its exit code, hint, cause and details', (t) => {
  const cause = new Error('ECONNREFUSED');
  const error = new EdgeDeployError('E_UNREACHABLE', 'rpi4 does not answer', {
    hint: 'Is it on?',
    cause,
    details: { port: 22 },
  });
  t.ok(error instanceof Error);
  t.match(error, {
    name: 'EdgeDeployError',
    code: 'E_UNREACHABLE',
    exitCode: 5,
    hint: 'Is it on?',
    details: { port: 22 },
  });
  t.equal(error.cause, cause);
  t.notOk('cause' in new EdgeDeployError('E_USAGE', 'no cause'));
  t.end();
});

t.test('exit codes are those of the documentation', (t) => {
  const documented = [1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 130];
  for (const [code, exitCode] of Object.entries(EXIT_CODES))
    t.ok(documented.includes(exitCode), `${code}: ${exitCode}`);
  t.same(
    [...new Set(Object.values(EXIT_CODES))].toSorted((a, b) => a - b),
    documented,
  );
  t.end();
});
