import type { CommandDefinition } from '../command.js';
import { bench } from './bench.js';
import { build } from './build.js';
import { doctor } from './doctor.js';
import { explain } from './explain.js';
import { inspect } from './inspect.js';
import { opt } from './opt.js';
import { push } from './push.js';
import { quantize } from './quantize.js';
import { run } from './run.js';
import { targets } from './targets.js';
import { verify } from './verify.js';

/** Every command, in the order of the help text. */
export const commands: readonly CommandDefinition[] = [
  quantize,
  opt,
  inspect,
  build,
  push,
  run,
  verify,
  bench,
  targets,
  doctor,
  explain,
];
