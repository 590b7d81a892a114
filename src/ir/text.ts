import type { Activation, AttributeValue, Graph, Node } from './graph.js';
import type { Constant } from './tensor.js';
import { formatType } from './tensor.js';

/**
 * The text form of a graph, which `parseGraph` reads back:
 *
 *   graph mobilenet imported
 *   input x f32[1,3,8,8]
 *   constant w i8[4,3,1,1] bits 8 axis 0 scales [0.1,0.2,0.1,0.3] = [1,-2,3,…]
 *   constant big f32[512,512] = elided
 *   y f32[1,4,8,8] = conv2d conv1(x, w, -) {strides: [1,1], activation: clamp(0, 6, 0)}
 *   output y
 *
 * A line that begins with `#` is a comment. `-` is an absent input. A node is labelled only where its name is not its first result's. Values of constants are written
 * out up to `maxValues` of them.
 */
export function printGraph(graph: Graph, maxValues = 64): string {
  const typed = (name: string) => `${quoteName(name)} ${formatType(graph.types.get(name)!)}`;
  return [
    `graph ${quoteName(graph.name)} ${graph.stage}`,
    ...graph.inputs.map((name) => `input ${typed(name)}`),
    ...[...graph.constants].map(([name, constant]) => `constant ${typed(name)}${printConstant(constant, maxValues)}`),
    ...graph.nodes.map((node) => printNode(node, typed)),
    ...graph.outputs.map((name) => `output ${quoteName(name)}`),
    '',
  ].join('\n');
}

function printNode({ name, op, inputs, outputs, attributes }: Node, typed: (name: string) => string): string {
  const label = name === outputs[0] ? '' : ` ${quoteName(name)}`;
  const operands = inputs.map((input) => (input === '' ? '-' : quoteName(input))).join(', ');
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const list = given.map(([key, value]) => `${key}: ${printAttribute(value)}`).join(', ');
  return `${outputs.map(typed).join(', ')} = ${op}${label}(${operands})${list && ` {${list}}`}`;
}

function printConstant({ type, data, quantization }: Constant, maxValues: number): string {
  const single = type.dtype === 'f32' ? shortest : String;
  const how = quantization
    ? ` bits ${quantization.bits} axis ${quantization.axis} scales [${Array.from(quantization.scales, shortest).join(',')}]`
    : '';
  const values =
    data.length > maxValues ? 'elided' : `[${Array.from<number | bigint, string>(data, single).join(',')}]`;
  return `${how} = ${values}`;
}

export function printAttribute(value: AttributeValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.join(',')}]`;
  if (typeof value !== 'object') return String(value);
  const { kind, a, b, c } = value as Activation;
  return `${kind}(${a}, ${b}, ${c})`;
}

/** The fewest digits that read back as the same f32. */
function shortest(value: number | bigint): string {
  const number = Number(value);
  for (let digits = 6; digits <= 9; digits++) {
    const text = String(Number(number.toPrecision(digits)));
    if (Math.fround(Number(text)) === number) return text;
  }
  return String(number);
}

/** Names that need no quotes: they cannot be taken for a number, `-`, punctuation or the word that begins a line. */
const PLAIN_NAME = /^(?!(?:graph|input|constant|output)$)[A-Za-z_@][\w.@/-]*$/;

function quoteName(name: string): string {
  return PLAIN_NAME.test(name) ? name : JSON.stringify(name);
}
