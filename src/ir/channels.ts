/** How the elements of a row-major tensor fall into channels, each with a scale of its own. */
import { elementCount } from './tensor.js';

/**
 * A tensor is a sequence of slices of `inner` elements, and slice s belongs to channel
 * ⌊s / slicesPerGroup⌋ · period + s mod period: channels take turns, and each group has its own.
 */
export interface Channels {
  readonly count: number;
  readonly inner: number;
  readonly period: number;
  /** A multiple of `period`. */
  readonly slicesPerGroup: number;
}

/** All elements in one channel. */
export function oneChannel(shape: readonly number[]): Channels {
  return { count: 1, inner: elementCount(shape), period: 1, slicesPerGroup: 1 };
}

/** A channel for each index along `axis`; with groups, for each index in each of the equal parts of axis 0. */
export function channelsAlong(shape: readonly number[], axis: number, groups = 1): Channels {
  const period = shape[axis]!;
  const slicesPerGroup = elementCount(shape.slice(0, axis + 1)) / groups;
  return { count: period * groups, inner: elementCount(shape.slice(axis + 1)), period, slicesPerGroup };
}

/** A channel for each column of the matrix whose columns are the axes from `axis` on. */
export function columnsFrom(shape: readonly number[], axis: number): Channels {
  const period = elementCount(shape.slice(axis));
  return { count: period, inner: 1, period, slicesPerGroup: elementCount(shape) };
}

/**
 * Walks over a tensor, or a piece of it, run by run: `left` elements, the first of which belongs to `channel`, and each
 * next one to `channel + step`. A run is what follows of one channel or, where channels change with every element, what
 * follows of a row of them.
 */
export class ChannelWalk {
  channel: number;
  left: number;
  readonly step: 0 | 1;
  readonly #channels: Channels;
  #slice: number;

  /** `start`: index of the piece's first element in the tensor. */
  constructor(channels: Channels, start: number) {
    const { inner, period } = channels;
    this.#channels = channels;
    this.step = inner === 1 ? 1 : 0;
    this.#slice = Math.floor(start / inner);
    this.channel = this.#current();
    this.left = this.step === 1 ? period - (this.#slice % period) : inner - (start % inner);
  }

  next(): void {
    const { inner, period } = this.#channels;
    this.#slice += this.step === 1 ? period - (this.#slice % period) : 1;
    this.channel = this.#current();
    this.left = this.step === 1 ? period : inner;
  }

  #current(): number {
    const { period, slicesPerGroup } = this.#channels;
    return Math.floor(this.#slice / slicesPerGroup) * period + (this.#slice % period);
  }
}
