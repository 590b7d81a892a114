/** What a Paddle-Lite library must contain to run a model: the lists from which a tailored library is built. */
import type { Program } from '../../paddle/index.js';
import { kernelSource, opSource } from './tailoring-sources.js';

export const KERNEL_ATTRIBUTE = '__@kernel_type_attr@__';

/** One entry per op type, and per kernel `op,target,precision,layout,alias`; both sorted. */
export interface Tailoring {
  readonly ops: readonly string[];
  readonly kernels: readonly string[];
}

const TARGETS = ['kUnk', 'kHost', 'kX86', 'kCUDA', 'kARM'];
const PRECISIONS = [
  'kUnk',
  'kFloat',
  'kInt8',
  'kInt32',
  'kAny',
  'kFP16',
  'kBool',
  'kInt64',
  'kInt16',
  'kUInt8',
  'kFP64',
];
const LAYOUTS = ['kUnk', 'kNCHW', 'kAny', 'kNHWC'];

/** Reads the kernels that an optimised program has chosen. */
export function tailoringOf(program: Program): Tailoring {
  const kernels = program.blocks.flatMap((block) =>
    block.ops.map(({ type, attrs }) => {
      const key = attrs.find(({ name }) => name === KERNEL_ATTRIBUTE)?.s;
      const [op, alias, target, precision, layout] = Buffer.from(key ?? [])
        .toString()
        .split('/');
      const names = [TARGETS[Number(target)], PRECISIONS[Number(precision)], LAYOUTS[Number(layout)]];
      if (op !== type || names.includes(undefined)) {
        throw new Error(`${type} has no kernel Paddle-Lite knows: '${Buffer.from(key ?? [])}'`);
      }
      return [type, ...names, alias].join();
    }),
  );
  return merge([{ ops: kernels.map((kernel) => kernel.split(',')[0]!), kernels }]);
}

/** The lists of a set of models: what any of them needs. */
export function merge(lists: readonly Tailoring[]): Tailoring {
  const union = (entries: readonly string[]): string[] => [...new Set(entries)].sort();
  return { ops: union(lists.flatMap(({ ops }) => ops)), kernels: union(lists.flatMap(({ kernels }) => kernels)) };
}

/** The four files by name. Each list of sources follows its list line by line, repetitions kept. */
export function tailoringFiles({ ops, kernels }: Tailoring): ReadonlyMap<string, string> {
  const lines = (entries: readonly string[]): string => entries.map((entry) => `${entry}\n`).join('');
  return new Map([
    ['.tailored_ops_list', lines(ops)],
    ['.tailored_ops_source_list', lines(ops.map(opSource))],
    ['.tailored_kernels_list', lines(kernels)],
    ['.tailored_kernels_source_list', lines(kernels.map(kernelSource))],
  ]);
}
