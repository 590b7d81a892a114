import { shapeError } from './shape.js';

/** [top, bottom, left, right] */
export type Pads = readonly number[];

/** Geometry of a sliding window over one image axis. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly dilation: number;
}

/** As Paddle divides, towards zero: a window that sticks out by less than a stride is still one. */
export function convolvedSize(size: number, { kernel, stride, before, after, dilation }: Window): number {
  const output = Math.trunc((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1;
  if (!(output >= 1) || stride < 1 || dilation < 1) {
    throw shapeError(
      `a window of ${kernel} (dilation ${dilation}, stride ${stride}) does not fit into ${size} + padding ${before}, ${after}`,
    );
  }
  return output;
}

/** Outputs o whose tap `position` falls inside the image: first and one past the last. */
export function validOutputs(
  inputSize: number,
  outputSize: number,
  stride: number,
  position: number,
): [number, number] {
  const first = position >= 0 ? 0 : Math.ceil(-position / stride);
  const last = Math.min(outputSize - 1, Math.floor((inputSize - 1 - position) / stride));
  return [first, last + 1];
}
