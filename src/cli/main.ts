#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { EdgeDeployError, EXIT_CODES } from '../base/errors.js';
import { version } from '../base/version.js';
import { loadCommands } from './commands/index.js';
import { type ContextOptions, createContext, type Surroundings } from './context.js';
import { describeError, errorRecord, exitCodeOf } from './errors.js';
import { seconds } from './seconds.js';

/** Builds the program from the commands' own descriptions. Returns the exit code of the command that ran. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode = 0;
  const program = new Command('edge-deploy')
    .description('Takes a trained Paddle or ONNX model to an ARM board: quantise, compile, push, run, time.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const commands = await loadCommands(argv);
  for (const definition of commands) {
    const command = program.command(definition.name).summary(definition.summary).description(definition.summary);
    definition.configure(command);
    command
      .option('--json', 'print the result as JSON')
      .option('-q, --quiet', 'no progress')
      .option('-v, --verbose', 'say more')
      .option('--debug', 'show stacks of errors')
      .option('--dry-run', 'do everything but touch a device or write a file')
      .addOption(switchNamed('--no-input', 'never ask'))
      .addOption(switchNamed('--no-color', 'plain text (it always is)'))
      .option('--timeout <seconds>', 'give up when a device is silent for so long', seconds)
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .action(async (...received: unknown[]) => {
        const options = received.at(-2) as Record<string, unknown>;
        const args = (received.slice(0, -2) as (string | string[] | undefined)[])
          .flat()
          .filter((arg) => arg !== undefined);
        const context = createContext(options as ContextOptions, surroundings);
        exitCode = await definition.run(context, args, options);
      });
  }
  // A command with conventions of its own is not commander's to take apart.
  const own = commands.find(({ name, parse }) => parse !== undefined && name === argv[0]);
  try {
    if (own?.parse) {
      const options = own.parse(argv.slice(1));
      exitCode = await own.run(createContext(options as ContextOptions, surroundings), [], options);
    } else {
      await program.parseAsync([...argv], { from: 'user' });
    }
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      if (error.code === 'commander.help') {
        process.stderr.write(program.helpInformation());
        return EXIT_CODES.E_USAGE;
      }
      const [message = '', suggestion] = error.message.replace(/^error: /, '').split(/\n\((.*)\)/);
      throw new EdgeDeployError('E_USAGE', message, { hint: suggestion ?? 'See: edge-deploy help' });
    }
    throw error;
  }
  // A signal that came while the command was computing is only seen now.
  if (surroundings.signal.aborted) throw new EdgeDeployError('E_INTERRUPTED', 'interrupted');
  return exitCode;
}

/** A switch whose name begins with --no-, which is no negation: --no-input has nothing to do with --input. */
function switchNamed(name: string, description: string): Option {
  const option = new Option(name, description);
  option.negate = false;
  return option;
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
