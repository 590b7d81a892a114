/**
 * Our own plan: the weights of every op type we know how to scale, nothing but weights, each quantised once, with the
 * same scales told to every op that reads it. What one of its readers cannot take as integers stays as it is.
 */
import { AttributeType, type Op, type Program, VarKind } from '../messages.js';
import type { PiecewiseRecord } from '../tensor-record.js';
import { LAID_OUT, type WeightLayout, weightLayout, weightSlot } from '../weight-layout.js';
import {
  argumentsOf,
  holdsBlock,
  type LeftWeight,
  leftWeight,
  opsOf,
  type PlannedWeight,
  type Planner,
  type ProgramRule,
  scaledChannels,
} from './plan.js';

interface Use {
  readonly op: Op;
  /** Undefined: an attribute names the variable. */
  readonly slot: string | undefined;
}

export const planImproved: Planner = (program, parameters, rule) => {
  const weights: PlannedWeight[] = [];
  const left: LeftWeight[] = [];
  for (const [name, uses] of usesOf(program)) {
    const tensor = parameters.get(name);
    const first = uses.find(isWeight);
    if (tensor === undefined || first === undefined) continue;
    const layout = commonLayout(uses, tensor, rule);
    if (typeof layout === 'string') left.push(leftWeight(name, first.op, tensor, layout));
    else {
      const { axis, channels } = layout;
      const ops = [...new Set(uses.map(({ op }) => op))];
      weights.push({
        name,
        tensor,
        visits: [{ channels: scaledChannels(rule.mode, tensor.dims, channels), ops, axis }],
      });
    }
  }
  return { weights, left, warnings: [] };
};

/** Who reads each variable, in program order. */
function usesOf(program: Program): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>();
  const add = (name: string, use: Use) => {
    const known = uses.get(name);
    if (known) known.push(use);
    else uses.set(name, [use]);
  };
  for (const op of opsOf(program).filter((one) => !holdsBlock(one))) {
    for (const { slot, name } of argumentsOf(op)) add(name, { op, slot });
    for (const { type, var_name, vars_name = [] } of op.attrs) {
      const named = type === AttributeType.VAR ? [var_name ?? ''] : type === AttributeType.VARS ? vars_name : [];
      for (const name of named) add(name, { op, slot: undefined });
    }
  }
  return uses;
}

function isWeight({ op, slot }: Use): boolean {
  return slot !== undefined && slot === weightSlot(op.type);
}

/** The layout that every use of a weight agrees on, or why it stays as it is. */
function commonLayout(
  uses: readonly Use[],
  { dataType, dims, size }: PiecewiseRecord,
  rule: ProgramRule,
): WeightLayout | string {
  if (dataType !== VarKind.FP32) return 'not fp32';
  if (size === 0) return 'empty';
  const layouts: WeightLayout[] = [];
  for (const use of uses) {
    const layout = layoutFor(use, dims, rule);
    if (typeof layout === 'string') return uses.length === 1 ? layout : `shared, and for ${use.op.type}: ${layout}`;
    layouts.push(layout);
  }
  const [first, ...others] = layouts;
  const agree = others.every((other) => JSON.stringify(other) === JSON.stringify(first));
  return agree ? first! : 'shared by ops that scale it along different axes';
}

function layoutFor(use: Use, dims: readonly number[], { opTypes }: ProgramRule): WeightLayout | string {
  const { op, slot } = use;
  if (!isWeight(use)) return `${slot ?? 'an attribute'} takes no integers`;
  if (opTypes.has(op.type)) return weightLayout(op, dims);
  return LAID_OUT.includes(op.type) ? 'op type not in quantizable_op_type' : 'op type takes no integers';
}
