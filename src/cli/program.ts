import { Command, CommanderError, Option } from 'commander';
import { EdgeDeployError, EXIT_CODES } from '../base/errors.js';
import { version } from '../base/version.js';
import type { CommandDefinition } from './command.js';
import { type ContextOptions, createContext, type Surroundings } from './context.js';
import { seconds } from './seconds.js';

/** Builds commander's program from the commands' own descriptions. Returns the exit code of the command that ran. */
export async function runProgram(
  commands: readonly CommandDefinition[],
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  let exitCode = 0;
  const program = new Command('edge-deploy')
    .description('Takes a trained Paddle or ONNX model to an ARM board: quantise, compile, push, run, time.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
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
  try {
    await program.parseAsync([...argv], { from: 'user' });
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
  return exitCode;
}

/** A switch whose name begins with --no-, which is no negation: --no-input has nothing to do with --input. */
function switchNamed(name: string, description: string): Option {
  const option = new Option(name, description);
  option.negate = false;
  return option;
}
