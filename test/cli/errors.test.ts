import t from 'tap';
import { EdgeDeployError, EXIT_CODES } from '../../src/base/errors.js';
import { describeError, errorRecord, exitCodeOf } from '../../src/cli/errors.js';
import { EXPLANATIONS } from '../../src/cli/explanations.js';

const ours = new EdgeDeployError('E_UNREACHABLE', 'pi: cannot connect', {
  hint: 'Is it on?',
  cause: new Error('ECONNREFUSED'),
  details: { port: 22 },
});

t.test('an error is its code, what happened, why, and what to do', (t) => {
  t.equal(
    describeError(ours, false),
    'Error E_UNREACHABLE: pi: cannot connect\n  Caused by: ECONNREFUSED\n  Hint: Is it on?',
  );
  const told = new EdgeDeployError('E_INPUT', 'x: ENOENT', { cause: new Error('ENOENT') });
  t.equal(describeError(told, false), 'Error E_INPUT: x: ENOENT', 'a cause that is told is not repeated');
  t.match(describeError(ours, true), /at .*errors\.test/, '--debug shows where');
  t.end();
});

t.test('anything else is a bug of ours, with its stack', (t) => {
  for (const bug of [new TypeError('x is undefined'), 'a string', undefined, null]) {
    t.match(describeError(bug, false), /^Error E_INTERNAL: this is a bug/);
    t.equal(exitCodeOf(bug), 1);
    t.match(errorRecord(bug), { code: 'E_INTERNAL', exitCode: 1, message: String });
  }
  t.match(describeError(new TypeError('x is undefined'), false), /TypeError: x is undefined\n +at /);
  t.end();
});

t.test('for --json', (t) => {
  t.strictSame(errorRecord(ours), {
    code: 'E_UNREACHABLE',
    exitCode: 5,
    message: 'pi: cannot connect',
    hint: 'Is it on?',
    details: { port: 22 },
  });
  t.equal(exitCodeOf(ours), 5);
  t.end();
});

t.test('every code is explained', (t) => {
  t.same(Object.keys(EXPLANATIONS), Object.keys(EXIT_CODES));
  for (const [code, text] of Object.entries(EXPLANATIONS)) t.match(text, /^\S.{20,}\.$/s, code);
  t.end();
});
