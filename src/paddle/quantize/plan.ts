/** Which parameters of a program are quantised, for which ops: made in one of two ways before a weight is read. */
import { type Channels, oneChannel } from '../../ir/channels.js';
import type { QuantizationMode, QuantizationRule } from '../../ir/quantization.js';
import { AttributeType, type Op, type Program } from '../messages.js';
import type { StoredParameters } from '../stored-parameters.js';
import type { PiecewiseRecord } from '../tensor-record.js';

export interface ProgramRule extends QuantizationRule {
  /** Types of the ops whose weights are quantised. */
  readonly opTypes: ReadonlySet<string>;
}

/** One quantisation of a parameter. Upstream visits a parameter once per use: the integers of one visit are the next one's weights. */
export interface Visit {
  readonly channels: Channels;
  /** The ops that are told the scales. */
  readonly ops: readonly Op[];
  /** First axis of the channels, where a reader cannot tell it from the op's type. */
  readonly axis?: number | undefined;
}

export interface PlannedWeight {
  readonly name: string;
  readonly tensor: PiecewiseRecord;
  /** One at least. */
  readonly visits: readonly Visit[];
}

/** A weight that stays as it is. */
export interface LeftWeight {
  readonly name: string;
  /** Type of the first op that uses it, and that op's first output. */
  readonly opType: string;
  readonly node: string;
  readonly bytes: number;
  /** Why it was not quantised. */
  readonly reason: string;
}

export interface Plan {
  /** In the order of their first use. */
  readonly weights: readonly PlannedWeight[];
  readonly left: readonly LeftWeight[];
  readonly warnings: readonly string[];
}

export type Planner = (program: Program, parameters: StoredParameters, rule: ProgramRule) => Plan;

export function opsOf(program: Program): Op[] {
  return program.blocks.flatMap((block) => block.ops);
}

/** An op's input variables in the order upstream visits them: inputs by name. */
export function argumentsOf(op: Op): { slot: string; name: string }[] {
  const slots = [...op.inputs].sort((a, b) => (a.parameter < b.parameter ? -1 : 1));
  return slots.flatMap((slot) => slot.arguments.map((name) => ({ slot: slot.parameter, name })));
}

/** Loops and branches list what their blocks read; the ops in there are the readers. */
export function holdsBlock(op: Op): boolean {
  return op.attrs.some(({ type }) => type === AttributeType.BLOCK || type === AttributeType.BLOCKS);
}

/** How messages and reports tell one op from another. */
export function nodeOf(op: Op): string {
  return op.outputs[0]?.arguments[0] ?? op.type;
}

export function leftWeight(name: string, op: Op, { size }: PiecewiseRecord, reason: string): LeftWeight {
  return { name, opType: op.type, node: nodeOf(op), bytes: size, reason };
}

/** The channels that have a scale of their own. */
export function scaledChannels(mode: QuantizationMode, dims: readonly number[], channels: Channels): Channels {
  return mode === 'abs_max' ? oneChannel(dims) : channels;
}
