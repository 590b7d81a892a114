import type { Graph } from './graph.js';
import type { Constant, Data } from './tensor.js';

/**
 * Keeps equal data once. A model that is compiled for several input shapes passes every stage once per shape; what a stage
 * makes of the weights is nearly always the same, and sharing it right away keeps one copy in memory for all shapes.
 */
export class SharedData {
  /** Arrays by element type and length: few enough to compare, and unequal ones differ early. */
  readonly #known = new Map<string, Data[]>();
  readonly #shared = new WeakSet<Data>();

  /** An array of the same type and bytes: the first one of them that was ever given. */
  share<T extends Data>(data: T): T {
    if (this.#shared.has(data)) return data;
    const key = `${data.constructor.name} ${data.byteLength}`;
    const list = this.#known.get(key) ?? [];
    this.#known.set(key, list);
    const bytes = bytesOf(data);
    const equal = list.find((other) => bytes.equals(bytesOf(other)));
    if (equal) return equal as T;
    list.push(data);
    this.#shared.add(data);
    return data;
  }

  /** The same graph, its constants shared. */
  shareConstants(graph: Graph): Graph {
    const constants = new Map<string, Constant>();
    for (const [name, constant] of graph.constants) {
      const { quantization } = constant;
      constants.set(name, {
        ...constant,
        data: this.share(constant.data),
        ...(quantization ? { quantization: { ...quantization, scales: this.share(quantization.scales) } } : {}),
      });
    }
    return { ...graph, constants };
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Data): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
