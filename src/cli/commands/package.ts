import { basename, resolve } from 'node:path';
import { Option } from 'commander';
import type { Target } from '../../../targets/index.js';
import type { Arch } from '../../../toolchains/index.js';
import { EdgeDeployError } from '../../base/errors.js';
import { type Compiled, compile } from '../../compile.js';
import { machineOf } from '../../deployment/machine.js';
import { describeInputs, describeOutputs } from '../../ir/same-model.js';
import {
  ARCHES_OF,
  earlierPackage,
  headersFolder,
  PACKAGE_PLATFORMS,
  type PackagePlatform,
  packageFiles,
  sha256,
  writePackage,
} from '../../package/index.js';
import { formatBytes } from '../../report/format.js';
import { renderTable } from '../../report/table.js';
import type { Path } from '../../steps/ledger.js';
import { defineCommand } from '../command.js';
import { loadForCommand } from '../model.js';
import { chosenPrecision, configuration, modelFlags, precisionFlag } from '../options.js';

/** L2 cache that a core of an unknown board can count on. */
const L2 = 512 * 1024;

/** A model and the library, for a program of the user's own. */
export const packageCommand = defineCommand({
  name: 'package',
  summary: 'libraries, headers, the program file and an example: all that an app needs to run a model',
  configure: (command) =>
    void precisionFlag(modelFlags(command.argument('[model]', 'a Paddle, .nb or ONNX model')))
      .addOption(
        new Option('--for <platform>', 'what the package is for').choices([...PACKAGE_PLATFORMS]).makeOptionMandatory(),
      )
      .requiredOption('-o, --output <folder>', 'the package; an earlier one that nobody changed is replaced')
      .addOption(
        new Option('--path <path>', 'instructions of 64-bit ARM that every device will have').choices([
          'neon',
          'dotprod',
          'i8mm',
        ]),
      )
      .option(
        '--java',
        'also Paddle-Lite’s Java classes and their native library; needs a JDK (android always has them)',
      ),

  async run(context, [argument], options) {
    const config = configuration();
    const platform = options.for as PackagePlatform;
    const output = options.output as string;
    const earlier = (await earlierPackage(resolve(output), output)) ?? [];
    const arches: readonly Arch[] = ARCHES_OF[platform];
    const wanted = options.path as Path | undefined;
    if (wanted !== undefined && !arches.includes('armv8')) {
      throw new EdgeDeployError('E_USAGE', `--path is for 64-bit ARM, not for ${platform}`, { hint: 'Leave it out.' });
    }
    if (options.java === true && platform === 'ios') {
      throw new EdgeDeployError('E_USAGE', '--java is not for ios, which has no Java', { hint: 'Leave it out.' });
    }
    const { graphs, path: modelPath } = await loadForCommand(context, config, argument, options);
    const precision = chosenPrecision(config, options.precision);
    const compiled = new Map<Arch, Compiled>();
    const paths: string[] = [];
    for (const arch of arches) {
      const machine = machineOf(boardOf(platform, arch, arch === 'armv8' ? wanted : undefined));
      paths.push(`${machine.architecture} (${machine.path})`);
      compiled.set(arch, compile(graphs, { ...machine, precision, onProgress: context.onProgress }));
    }
    if (context.dryRun) {
      const sizes = [...compiled].map(([arch, { program }]) => `${formatBytes(program.length)} for ${arch}`);
      context.result({ dryRun: true, for: platform, path: output, precision });
      context.print(
        `would write ${output}: the libraries for ${platform} and an ${precision} model of ${sizes.join(', ')}`,
      );
      return 0;
    }
    const files = await packageFiles({
      platform,
      model: {
        name: basename(resolve(modelPath)),
        precision,
        paths,
        plans: graphs.map((graph) => ({ inputs: describeInputs(graph), outputs: describeOutputs(graph) })),
        arenaBytes: Math.max(...[...compiled.values()].map(({ arenaBytes }) => arenaBytes)),
      },
      programs: new Map([...compiled].map(([arch, { program }]) => [arch, program])),
      java: options.java === true,
      onProgress: context.onProgress,
      signal: context.signal,
    });
    await writePackage(output, files, context.signal);
    const listed = files.map(({ path, data }) => ({ path, bytes: Buffer.byteLength(data), sha256: sha256(data) }));
    context.result({ for: platform, path: output, precision, replaced: earlier.length > 0, files: listed });
    context.print(tableOf(listed));
    context.print(`${output}  ${precision}, for ${paths.join(' and ')}`);
    return 0;
  },
});

/** A line a file; the headers, which are many and small, have one together. */
function tableOf(files: readonly { readonly path: string; readonly bytes: number }[]): string {
  const headers = files.filter(({ path }) => headersFolder(path) !== undefined);
  const rows = files.filter((file) => !headers.includes(file)).map(({ path, bytes }) => [path, formatBytes(bytes)]);
  const sum = headers.reduce((total, { bytes }) => total + bytes, 0);
  rows.push([`${headers.length} headers`, formatBytes(sum)]);
  return renderTable([{ title: 'file' }, { title: 'size', align: 'right' }], rows);
}

/** A board of which nothing is known but its platform. */
function boardOf(platform: PackagePlatform, arch: Arch, path: Path | undefined): Target {
  return { type: 'host', name: platform, arch, l2: L2, ...(path ? { path } : {}) };
}
