import type { CommandDefinition } from '../command.js';

/** Every command, in the order of the help text. Each has its own libraries, which take longer to load than most commands run. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandDefinition>>> = {
  quantize: async () => (await import('./quantize.js')).quantize,
  opt: async () => (await import('./opt.js')).opt,
  inspect: async () => (await import('./inspect.js')).inspect,
  build: async () => (await import('./build.js')).build,
  package: async () => (await import('./package.js')).packageCommand,
  push: async () => (await import('./push.js')).push,
  run: async () => (await import('./run.js')).run,
  verify: async () => (await import('./verify.js')).verify,
  bench: async () => (await import('./bench.js')).bench,
  targets: async () => (await import('./targets.js')).targets,
  doctor: async () => (await import('./doctor.js')).doctor,
  explain: async () => (await import('./explain.js')).explain,
};

/** The commands that a command line names, whether it asks for them or for their help; all of them where it names none. */
export function loadCommands(argv: readonly string[]): Promise<CommandDefinition[]> {
  const named = Object.keys(COMMANDS).filter((name) => argv.includes(name));
  const wanted = named.length > 0 ? named : Object.keys(COMMANDS);
  return Promise.all(wanted.map((name) => COMMANDS[name]!()));
}
