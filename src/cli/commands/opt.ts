import { version } from '../../base/version.js';
import { assertSupported, kernelKeys, unsupportedTypes } from '../../opt/index.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { OPT_VERSION } from '../opt/convert.js';
import { type OptFlags, parseOptFlags } from '../opt/flags.js';
import { HELP } from '../opt/help.js';
import * as listings from '../opt/listings.js';
import { chosenModel, optimize } from '../opt/optimize.js';
import { type Listing, type Settings, settingsOf } from '../opt/settings.js';
import { visualize } from '../opt/visualize.js';

/** Paddle-Lite's opt: its flags, its lines, its files. Exit codes are edge-deploy's. */
export const opt = defineCommand({
  name: 'opt',
  summary: 'optimise a model for Paddle-Lite (.nb), with the flags of Paddle-Lite’s opt',
  configure: (command) => void command.configureHelp({ formatHelp: () => HELP }),
  parse: parseOptFlags,

  async run(context, _args, options) {
    const flags = options as unknown as OptFlags;
    if (flags.given.size === 0 || flags.given.get('help') === true) {
      context.print(HELP);
      return 0;
    }
    if (flags.given.get('version') === true) {
      context.note(`edge-deploy ${version}, in the place of Paddle-Lite’s opt`);
      context.print(OPT_VERSION);
      return 0;
    }
    const settings = settingsOf(flags);
    if (settings.listing !== undefined) await list(context, settings, settings.listing);
    else if (settings.visualize !== undefined) await visualize(context, settings.visualize);
    else await optimize(context, settings, flags);
    return 0;
  },
});

async function list(context: Context, settings: Settings, listing: Listing): Promise<void> {
  if (listing !== 'print_model_ops') {
    context.print(listings.TEXTS[listing]());
    context.result({ kernels: kernelKeys });
    return;
  }
  const { program } = await chosenModel(settings);
  context.print(listings.modelOps(program));
  context.result({ ops: listings.opTypes(program), unsupported: unsupportedTypes(program) });
  assertSupported(program, settings.targets);
  context.print('Paddle-Lite supports this model!');
}
