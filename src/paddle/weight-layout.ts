/** Where ops keep their weights, and how those fall into output channels, each of which can have a scale. */
import { type Channels, channelsAlong, columnsFrom } from '../ir/channels.js';
import { Attributes } from './attributes.js';
import type { Op } from './messages.js';

/** The slot of an op that is meant for its weights. */
const WEIGHT_SLOTS: ReadonlyMap<string, string> = new Map([
  ...['conv2d', 'depthwise_conv2d', 'conv2d_transpose', 'depthwise_conv2d_transpose'].map((type) => [type, 'Filter']),
  ...['conv3d', 'conv3d_transpose', 'deformable_conv'].map((type) => [type, 'Filter']),
  ...['mul', 'matmul', 'matmul_v2', 'bmm'].map((type) => [type, 'Y']),
  ...['fc', 'lookup_table', 'lookup_table_v2'].map((type) => [type, 'W']),
  ...['lstm', 'gru'].map((type) => [type, 'Weight']),
  ['rnn', 'WeightList'],
] as [string, string][]);

export function weightSlot(type: string): string | undefined {
  return WEIGHT_SLOTS.get(type);
}

export interface WeightLayout {
  /** The first axis of the output channels: columns of a matrix may be several axes. */
  readonly axis: number;
  readonly channels: Channels;
}

/** The op types that weightLayout knows. */
export const LAID_OUT: readonly string[] = [
  ...['conv2d', 'depthwise_conv2d', 'conv2d_transpose', 'depthwise_conv2d_transpose'],
  ...['mul', 'matmul', 'matmul_v2', 'fc'],
];

/** The layout of weights of the shape `dims` in an op of LAID_OUT; a reason where they have none. */
export function weightLayout(op: Op, dims: readonly number[]): WeightLayout | string {
  const attributes = new Attributes(new Map(op.attrs.map((one) => [one.name, one])), op.type, () => []);
  const along = (axis: number, groups = 1) => ({ axis, channels: channelsAlong(dims, axis, groups) });
  switch (op.type) {
    case 'conv2d':
    case 'depthwise_conv2d':
      return dims.length === 4 ? along(0) : wrongRank(dims, 4);
    case 'conv2d_transpose':
    case 'depthwise_conv2d_transpose': {
      const groups = attributes.int('groups', 1);
      if (dims.length !== 4) return wrongRank(dims, 4);
      return groups > 0 && dims[0]! % groups === 0 ? along(1, groups) : `${dims[0]} input channels, ${groups} groups`;
    }
    case 'mul': {
      const axis = attributes.int('y_num_col_dims', 1);
      if (axis < 1 || axis >= dims.length) return `not a matrix: shape [${dims}], y_num_col_dims ${axis}`;
      return { axis, channels: columnsFrom(dims, axis) };
    }
    case 'fc':
      if (attributes.bool('padding_weights', false)) return 'padded (padding_weights)';
      return dims.length === 2 ? along(1) : wrongRank(dims, 2);
    default: {
      const transposed = attributes.bool(op.type === 'matmul' ? 'transpose_Y' : 'trans_y', false);
      return dims.length === 2 ? along(transposed ? 0 : 1) : wrongRank(dims, 2);
    }
  }
}

function wrongRank(dims: readonly number[], rank: number): string {
  return `shape [${dims}], not of rank ${rank}`;
}
