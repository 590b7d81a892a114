/**
 * The plan of Paddle's WeightQuantization: every parameter that is an input of an op of the given types is quantised,
 * once for each such use. Records and scales come out equal to upstream's, with a warning where they are not what the
 * user wants.
 */
import { EdgeDeployError } from '../../base/errors.js';
import { type Channels, channelsAlong } from '../../ir/channels.js';
import { type Op, VarKind } from '../messages.js';
import type { PiecewiseRecord } from '../tensor-record.js';
import { weightSlot } from '../weight-layout.js';
import {
  argumentsOf,
  holdsBlock,
  type LeftWeight,
  leftWeight,
  opsOf,
  type Plan,
  type Planner,
  type ProgramRule,
  scaledChannels,
  type Visit,
} from './plan.js';

/** The op types that upstream can quantise. */
export const PADDLE_OPS: readonly string[] = ['conv2d', 'depthwise_conv2d', 'mul'];

/**
 * Throws E_WEIGHTS, naming the tensor, where upstream loses data or breaks: weights that are not fp32, `mul` by a tensor
 * whose channels it counts along one axis and cuts along another.
 */
export const planAsPaddle: Planner = (program, parameters, rule) => {
  const visits = new Map<string, Visit[]>();
  const warnings = new Set<string>();
  for (const op of opsOf(program).filter(({ type }) => rule.opTypes.has(type))) {
    for (const { slot, name } of argumentsOf(op)) {
      const tensor = parameters.get(name);
      if (tensor === undefined) {
        if (slot === 'Filter')
          warnings.add(`the filter '${name}' of ${op.type} is computed by other ops, and stays as it is`);
        continue;
      }
      const visit = { channels: channelsFor(op, name, tensor, rule), ops: [op] };
      const known = visits.get(name);
      if (known) {
        known.push(visit);
        warnings.add(
          `the weights '${name}' of ${op.type} are quantised for another op already: this use gets scale 1, as PaddleSlim writes it (the improved mode gives every use the right scales)`,
        );
      } else visits.set(name, [visit]);
      if (slot !== weightSlot(op.type)) {
        warnings.add(
          `${slot} '${name}' of ${op.type} is quantised as if it were weights, as PaddleSlim does it (the improved mode leaves it alone)`,
        );
      }
    }
  }
  const weights = [...visits].map(([name, list]) => ({ name, tensor: parameters.get(name)!, visits: list }));
  const { left, warnings: more } = leftAlone(opsOf(program), (name) => parameters.get(name), visits, rule);
  return { weights, left, warnings: [...warnings, ...more] };
};

function channelsFor(op: Op, name: string, { dataType, dims, size }: PiecewiseRecord, { mode }: ProgramRule): Channels {
  if (dataType !== VarKind.FP32 || size === 0) {
    throw new EdgeDeployError(
      'E_WEIGHTS',
      `the weights '${name}' of ${op.type} are not fp32 numbers (VarType ${dataType}, shape [${dims}])`,
      { hint: 'Export the model in fp32.', details: { tensor: name } },
    );
  }
  const axis = op.type === 'mul' ? 1 : 0;
  if (mode === 'channel_wise_abs_max' && (dims.length <= axis || (axis === 1 && dims.at(-1) !== dims[1]))) {
    const loses =
      axis === 1
        ? 'PaddleSlim counts channels along the last axis but cuts along axis 1, which loses data'
        : 'there is no axis of channels';
    throw new EdgeDeployError('E_WEIGHTS', `the weights '${name}' of ${op.type} have the shape [${dims}]: ${loses}`, {
      hint: `Choose the improved mode (--improved) or weight_quantize_type 'abs_max', or leave ${op.type} out of quantizable_op_type.`,
      details: { tensor: name },
    });
  }
  return scaledChannels(mode, dims, channelsAlong(dims, axis));
}

/** Weights that stay fp32 in ops one would expect to be quantised, and integers in ops that are not told their scales. */
function leftAlone(
  ops: readonly Op[],
  parameter: (name: string) => PiecewiseRecord | undefined,
  quantized: ReadonlyMap<string, unknown>,
  { opTypes }: ProgramRule,
): Pick<Plan, 'left' | 'warnings'> {
  const warnings: string[] = [];
  const left = new Map<string, LeftWeight>();
  const counts = new Map<string, number>();
  for (const op of ops.filter(({ type }) => !opTypes.has(type))) {
    const names = argumentsOf(op);
    for (const { name } of names.filter((one) => quantized.has(one.name) && !holdsBlock(op))) {
      warnings.push(
        `${op.type} also reads the weights '${name}', which are integers now, and is not told their scales (the improved mode leaves such weights alone)`,
      );
    }
    const own = names.filter(({ slot, name }) => slot === weightSlot(op.type) && parameter(name) !== undefined);
    if (own.length > 0) counts.set(op.type, (counts.get(op.type) ?? 0) + 1);
    const reason = PADDLE_OPS.includes(op.type)
      ? 'op type not in quantizable_op_type'
      : `PaddleSlim does not quantise ${op.type}`;
    for (const { name } of own.filter((one) => !quantized.has(one.name) && !left.has(one.name))) {
      left.set(name, leftWeight(name, op, parameter(name)!, reason));
    }
  }
  for (const [type, count] of counts) {
    const remedy = PADDLE_OPS.includes(type) ? `add it to quantizable_op_type` : 'PaddleSlim does not quantise it';
    warnings.push(`the weights of ${count} ${type} stay fp32 (${remedy})`);
  }
  return { left: [...left.values()], warnings };
}
