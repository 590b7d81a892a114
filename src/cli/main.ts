#!/usr/bin/env node
import { EdgeDeployError, EXIT_CODES } from '../base/errors.js';
import type { CommandDefinition } from './command.js';
import { loadCommands } from './commands/index.js';
import { type ContextOptions, createContext, type Surroundings } from './context.js';
import { describeError, errorRecord, exitCodeOf } from './errors.js';

/** Runs the command that the arguments name. Returns its exit code. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const commands = await loadCommands(argv);
  // A command with conventions of its own is not commander's to take apart.
  const own = commands.find(({ name, parse }) => parse !== undefined && name === argv[0]);
  const exitCode = own?.parse
    ? await runWith(own.parse(argv.slice(1)), own, surroundings)
    : await (await import('./program.js')).runProgram(commands, argv, surroundings);
  // A signal that came while the command was computing is only seen now.
  if (surroundings.signal.aborted) throw new EdgeDeployError('E_INTERRUPTED', 'interrupted');
  return exitCode;
}

function runWith(
  options: Record<string, unknown>,
  command: CommandDefinition,
  surroundings: Surroundings,
): Promise<number> {
  return command.run(createContext(options as ContextOptions, surroundings), [], options);
}

const abort = new AbortController();
/** The first signal asks the command to stop, the second does not ask. The handler stays: execa ends us where none is. */
const interrupt = () => {
  if (abort.signal.aborted) process.exit(EXIT_CODES.E_INTERRUPTED);
  abort.abort();
};
process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
const argv = process.argv.slice(2);
const document: Record<string, unknown> = {};
try {
  process.exitCode = await main(argv, { signal: abort.signal, command: `edge-deploy ${argv.join(' ')}`, document });
} catch (error) {
  const shown = abort.signal.aborted
    ? new EdgeDeployError('E_INTERRUPTED', 'interrupted; nothing half-written was left')
    : error;
  document.error = errorRecord(shown);
  process.stderr.write(`${describeError(shown, argv.includes('--debug'))}\n`);
  process.exitCode = exitCodeOf(shown);
}
if (argv.includes('--json') && Object.keys(document).length > 0)
  process.stdout.write(`${JSON.stringify({ schema: 1, ...document })}\n`);
process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt);
