/** `--optimize_out_type=edge`: our own program file. A module of its own, as the compiler takes longer to load than `opt` to run. */
import { compile } from '../../compile.js';
import { machineOf } from '../../deployment/machine.js';
import { importProgram } from '../../paddle/index.js';
import { inputShapes } from '../input-shapes.js';
import { chosenTarget, configuration } from '../options.js';
import type { EdgeCompiler } from './convert.js';
import type { OptFlags } from './flags.js';

/** What the weights are, so that they are what Paddle-Lite would have made. */
const PRECISIONS = { none: 'fp32', QUANT_INT8: 'int8w', QUANT_INT16: 'int16w' } as const;

/** Compiles models for the target and the shapes that the flags name. */
export function edgeCompiler({ target, inputShapes: flags }: OptFlags): EdgeCompiler {
  const config = configuration();
  const machine = machineOf(chosenTarget(config, target, 'opt compiles for'));
  const shapes = inputShapes(config, flags);
  return (name, program, parameters, { quantType, onProgress }) => {
    const graphs = shapes.map((one) => importProgram(name, program, parameters, { inputShapes: one }));
    const compiled = compile(graphs, { ...machine, precision: PRECISIONS[quantType ?? 'none'], onProgress });
    return { bytes: compiled.program, ops: compiled.graph.nodes.length };
  };
}
