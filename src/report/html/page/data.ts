/** What the page carries: figures already in words, so that its script only draws. */
export interface PageData {
  readonly graphs: readonly PageGraph[];
  readonly weights: readonly PageWeight[];
}

export interface PageGraph {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PageNode[];
  readonly paths: readonly PagePath[];
}

/** Ops that look alike. `unreached` stands behind an unsupported op. */
export type NodeKind =
  | 'io'
  | 'convolution'
  | 'matrix'
  | 'normalisation'
  | 'activation'
  | 'arithmetic'
  | 'image'
  | 'movement'
  | 'unsupported'
  | 'unreached';

export interface PageNode {
  readonly x: number;
  readonly y: number;
  readonly kind: NodeKind;
  /** Two lines for the box. */
  readonly title: string;
  readonly subtitle: string;
  readonly name: string;
  /** The op as the graph calls it. */
  readonly op: string;
  readonly problem?: string;
  readonly facts: readonly Fact[];
  readonly attributes: readonly Fact[];
  readonly inputs: readonly PageValue[];
  readonly outputs: readonly PageValue[];
}

export type Fact = readonly [label: string, value: string];

export interface PageValue {
  readonly name: string;
  readonly type: string;
  /** Place among the weights, if it is one. */
  readonly weight?: number;
}

export interface PagePath {
  readonly from: number;
  readonly to: readonly number[];
  readonly d: string;
}

export interface PageWeight {
  /** Its sizes, and the scales it has already. */
  readonly facts: readonly Fact[];
  readonly note?: string;
  /** What quantisation costs. */
  readonly errors: readonly {
    readonly storage: string;
    readonly max: string;
    readonly rms: string;
    readonly scales: string;
  }[];
  readonly histogram?: {
    readonly low: string;
    readonly high: string;
    readonly before: readonly number[];
    readonly after?: readonly number[];
  };
}

/** Size of every box. */
export const BOX = { width: 172, height: 46 };
