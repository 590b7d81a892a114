import { basename } from 'node:path';
import { buildProgram, buildRunner } from '../../../toolchains/index.js';
import { compile } from '../../compile.js';
import { machineOf } from '../../deployment/machine.js';
import { describeInputs } from '../../ir/same-model.js';
import { formatBytes, formatCount } from '../../report/format.js';
import { defineCommand } from '../command.js';
import { loadForCommand } from '../model.js';
import { chosenPrecision, chosenTarget, configuration, modelFlags, precisionFlag, targetFlag } from '../options.js';
import { writeWhole } from '../write-whole.js';

/** Three things one may want built for a board: the runner, a program file, or a C++ program of one's own. */
export const build = defineCommand({
  name: 'build',
  summary: 'cross-compile the runner, a model’s program file, or a C or C++ program of your own',
  configure: (command) =>
    void precisionFlag(
      targetFlag(modelFlags(command.argument('[what...]', 'nothing: the runner; a model; or .c/.cpp files'))),
    ).option('-o, --output <file>', 'where to write it'),

  async run(context, what, options) {
    const config = configuration();
    const target = chosenTarget(config, options.target, 'build works for');
    const output = options.output as string | undefined;
    const common = { arch: target.arch, onProgress: context.onProgress, signal: context.signal };
    const isSource = what.length > 0 && what.every((name) => /\.(c|cc|cpp|cxx)$/.test(name));
    if (what.length === 0 || isSource) {
      if (context.dryRun) {
        context.result({ dryRun: [{ target: target.name, sources: what, path: output }] });
        context.print(`would compile ${isSource ? what.join(', ') : 'the runner'} for ${target.arch}`);
        return 0;
      }
      const built = isSource
        ? await buildProgram({ ...common, name: basename(what[0]!).replace(/\.\w+$/, ''), sources: what })
        : await buildRunner(common);
      if (output) await writeWhole(output, built.bytes, true);
      const path = output ?? built.path;
      const { bytes, hash, cached } = built;
      context.result({ target: target.name, path, bytes: bytes.length, hash, cached });
      context.print(`${path}  ${formatBytes(bytes.length)}, ${target.arch}${cached ? ' (cached)' : ''}`);
      return 0;
    }
    const { graphs } = await loadForCommand(context, config, what[0], options);
    const precision = chosenPrecision(config, options.precision);
    const { program, macs, arenaBytes, plans } = compile(graphs, {
      ...machineOf(target),
      precision,
      onProgress: context.onProgress,
    });
    const path = output ?? `${basename(what[0]!)}.${target.name}.${precision}.edp`;
    if (!context.dryRun) await writeWhole(path, program, false);
    const made = plans.map((plan) => ({
      inputs: describeInputs(plan.model),
      macs: plan.macs,
      arenaBytes: plan.arenaBytes,
    }));
    context.result({ target: target.name, path, bytes: program.length, precision, macs, arenaBytes, plans: made });
    context.print(`${path}  ${formatBytes(program.length)}, ${precision}, arena ${formatBytes(arenaBytes)}`);
    if (made.length > 1)
      for (const plan of made)
        context.print(
          `  ${plan.inputs.join(', ')}  ${formatCount(plan.macs)} MACs, arena ${formatBytes(plan.arenaBytes)}`,
        );
    return 0;
  },
});
