/** Attributes of an op that is being optimised, read with Paddle's defaults and written with Paddle-Lite's types. */
import { type Attribute, Attributes, AttributeType } from '../paddle/index.js';
import type { Node } from './node.js';

/** Typed access; an attribute that is absent has the default given, one of the wrong type is an error that names it. */
export function read(node: Node): Attributes {
  return new Attributes(node.attributes, node.type);
}

type AttributeValue = Omit<Attribute, 'name' | 'type'>;

function set(node: Node, name: string, type: number, value: AttributeValue): void {
  node.attributes.set(name, { name, type, ...value });
}

export function setInt(node: Node, name: string, i: number): void {
  set(node, name, AttributeType.INT, { i });
}

export function setFloat(node: Node, name: string, f: number): void {
  set(node, name, AttributeType.FLOAT, { f });
}

export function setBool(node: Node, name: string, b: boolean): void {
  set(node, name, AttributeType.BOOLEAN, { b });
}

export function setText(node: Node, name: string, text: string): void {
  set(node, name, AttributeType.STRING, { s: Buffer.from(text) });
}

export function setInts(node: Node, name: string, ints: readonly number[]): void {
  set(node, name, AttributeType.INTS, { ints: [...ints] });
}

export function setFloats(node: Node, name: string, floats: Iterable<number>): void {
  set(node, name, AttributeType.FLOATS, { floats: [...floats] });
}

/** Lets `to` have what `from` says about its output's range (left there by quantisation-aware training). */
export function moveThreshold(from: Node, to: Node): void {
  const threshold = from.attributes.get('out_threshold');
  if (threshold) to.attributes.set('out_threshold', threshold);
}
