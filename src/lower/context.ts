import { EdgeDeployError } from '../base/errors.js';
import { ACTIVATION_KINDS, type Activation, type Graph } from '../ir/graph.js';
import {
  BYTES_PER_ELEMENT,
  byteLength,
  type Constant,
  type Data,
  elementCount,
  type TensorType,
} from '../ir/tensor.js';
import { realValues } from '../ops/evaluate.js';
import { MAX_RANK, type Path, STEPS, type StepName, TILES, type Tile } from '../steps/ledger.js';
import { type Lowered, type Operand, OVER_READ_BYTES, type Step } from '../steps/lowered.js';
import { axisOrder, coalesce, type Layout, layoutStrides, layoutsCoincide, toRank8 } from './layout.js';

export type Precision = 'fp32' | 'int8w' | 'int16w' | 'int8';

export interface LowerOptions {
  readonly architecture: Lowered['architecture'];
  readonly path: Path;
  readonly precision: Precision;
  /** Bytes of L2 cache a core can count on. */
  readonly l2: number;
}

/** Where a value stands and how. A value may stand in both layouts. */
export interface Placed {
  readonly operand: Operand;
  readonly layout: Layout;
}

export type Fields = Step['fields'];

/** The growing list of steps: knows where each value is, turns layouts on demand, collects constants and buffers. */
export class Lowering {
  readonly #graph: Graph;
  readonly options: LowerOptions;
  readonly buffers = new Map<string, number>();
  readonly constants = new Map<string, Uint8Array>();
  readonly steps: Step[] = [];
  readonly #placed = new Map<string, Placed[]>();
  readonly #quantized = new Map<string, { x: Operand; params: Operand }>();

  constructor(graph: Graph, options: LowerOptions) {
    this.#graph = graph;
    this.options = options;
    for (const name of graph.inputs) this.place(name, this.buffer(name, this.typeOf(name)), 'plain');
  }

  typeOf(value: string): TensorType {
    return this.#graph.types.get(value)!;
  }

  shapeOf(value: string): readonly number[] {
    return this.typeOf(value).shape;
  }

  constantOf(value: string | undefined): Constant | undefined {
    return value === undefined ? undefined : this.#graph.constants.get(value);
  }

  /** f32 values of a constant operand, dequantised. Undefined for an absent or computed one. */
  floatsOf(value: string | undefined): Float32Array | undefined {
    const constant = this.constantOf(value);
    return constant && (realValues(constant).data as Float32Array);
  }

  tile(kind: 'f32' | 's8'): Tile {
    const { architecture, path } = this.options;
    const tiles = TILES[architecture][path];
    if (!tiles) {
      throw new EdgeDeployError('E_USAGE', `the path '${path}' does not exist on ${architecture}`, {
        hint: `Use one of: ${Object.keys(TILES[architecture]).join(', ')}.`,
      });
    }
    return tiles[kind];
  }

  /** A new arena buffer for a tensor, with the slack that kernels may over-read. */
  buffer(stem: string, type: TensorType): Operand {
    let name = stem;
    for (let suffix = 1; this.buffers.has(name); suffix++) name = `${stem}.${suffix}`;
    this.buffers.set(name, byteLength(type) + OVER_READ_BYTES);
    return { space: 'arena', name, offset: 0 };
  }

  /** Read-only data; equal names are the same data. */
  data(name: string, make: () => Data): Operand {
    if (!this.constants.has(name)) {
      const data = make();
      this.constants.set(name, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    return { space: 'constants', name, offset: 0 };
  }

  place(value: string, operand: Operand, layout: Layout): void {
    const list = this.#placed.get(value);
    if (list) list.push({ operand, layout });
    else this.#placed.set(value, [{ operand, layout }]);
  }

  /** Makes room for a result and places it. */
  result(value: string, layout: Layout): Operand {
    const operand = this.buffer(value, this.typeOf(value));
    this.place(value, operand, layout);
    return operand;
  }

  /** Where a value stands now, whatever the layout. Constants stand plain. */
  anywhere(value: string): Placed {
    const found = this.#placed.get(value)?.[0];
    if (found) return found;
    const constant = this.#graph.constants.get(value);
    if (!constant) throw new EdgeDeployError('E_INTERNAL', `lowering reads '${value}' before it is made`);
    return { operand: this.data(value, () => realValues(constant).data), layout: 'plain' };
  }

  /** The value in the wanted layout, turned by a copy step the first time it is needed. */
  in(value: string, layout: Layout): Operand {
    const shape = this.shapeOf(value);
    const found = this.#placed.get(value)?.find((placed) => placed.layout === layout);
    if (found) return found.operand;
    const from = this.anywhere(value);
    if (from.layout === layout || layoutsCoincide(shape)) return from.operand;
    const turned = this.buffer(value, this.typeOf(value));
    this.copy(
      `${value} (${layout})`,
      this.typeOf(value),
      from.operand,
      layoutStrides(shape, from.layout),
      turned,
      layoutStrides(shape, layout),
    );
    this.place(value, turned, layout);
    return turned;
  }

  /** channels_last when the value already stands so: the layout elementwise work should keep. */
  layoutOf(value: string): Layout {
    return this.anywhere(value).layout;
  }

  /** Copies a strided view (logical axes of `type`) to another; offsets in elements. */
  copy(
    name: string,
    type: TensorType,
    x: Operand,
    xStrides: readonly number[],
    y: Operand,
    yStrides: readonly number[],
    xStart = 0,
    yStart = 0,
  ): void {
    const element = BYTES_PER_ELEMENT[type.dtype];
    if (elementCount(type.shape) === 0) return;
    const order = axisOrder(type.shape.length, 'plain').toSorted((a, b) => yStrides[b]! - yStrides[a]!);
    const pick = (list: readonly number[]) => order.map((axis) => list[axis]!);
    const { dims, strides } = coalesce(pick(type.shape), pick(xStrides), pick(yStrides));
    checkRank(name, dims.length);
    this.step('copy', name, {
      x: { ...x, offset: x.offset + xStart * element },
      y: { ...y, offset: y.offset + yStart * element },
      element,
      rank: dims.length,
      dims: toRank8(dims, 1),
      x_strides: toRank8(strides[0]!, 0),
      y_strides: toRank8(strides[1]!, 0),
    });
  }

  /** Dynamic quantisation of a whole tensor; consumers of the same tensor share one step. */
  quantized(value: string, layout: Layout): { x: Operand; params: Operand } {
    const key = `${value} (${layout})`;
    const known = this.#quantized.get(key);
    if (known) return known;
    const x = this.in(value, layout);
    const shape = this.shapeOf(value);
    const y = this.buffer(`${value} (i8)`, { dtype: 'i8', shape });
    const params = this.buffer(`${value} (scale)`, { dtype: 'i32', shape: [2] });
    this.step('quantize', value, { x, y, params, count: elementCount(shape) }, ['y', 'params']);
    const result = { x: y, params };
    this.#quantized.set(key, result);
    return result;
  }

  step(step: StepName, name: string, fields: Fields, writes: readonly string[] = ['y'], macs = 0): void {
    for (const field of Object.keys(STEPS[step])) {
      if (!(field in fields))
        throw new EdgeDeployError('E_INTERNAL', `step ${step} '${name}' lacks the field '${field}'`);
    }
    this.steps.push({ step, name, fields, writes, macs });
  }
}

/** Throws E_OP where a step would need more axes than its record has. */
export function checkRank(name: string, rank: number): void {
  if (rank <= MAX_RANK) return;
  throw new EdgeDeployError('E_OP', `'${name}' works along ${rank} axes, more than ${MAX_RANK}`, {
    hint: 'Reshape the tensor to fewer axes before you export the model.',
  });
}

/** Record fields of an optional fused activation. */
export function activationFields(activation: Activation | undefined): Fields {
  if (!activation) return { activation: 0, act_a: 0, act_b: 0, act_c: 0 };
  const { kind, a, b, c } = activation;
  return { activation: 1 + ACTIVATION_KINDS.indexOf(kind), act_a: a, act_b: b, act_c: c };
}
