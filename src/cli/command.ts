import type { Command } from 'commander';
import type { Context } from './context.js';

/** A command is a value: what it is called, what it takes, what it does. `run` returns the process's exit code. */
export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  configure(command: Command): void;
  /** For a command with conventions of its own: reads all that follows its name, also the options that every command has. */
  parse?(args: readonly string[]): Record<string, unknown>;
  run(context: Context, args: readonly string[], options: Record<string, unknown>): Promise<number>;
}

export function defineCommand(definition: CommandDefinition): CommandDefinition {
  return definition;
}
