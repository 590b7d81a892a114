import type { ModelGraph, ModelNode } from './messages.js';
import { constantOf } from './tensor.js';

/**
 * The graph's nodes, with x · ½ · (1 + erf(x / √2)) made one Gelu wherever it ends, however its three factors are
 * grouped: exporters write it so before version 20, and there is no error function by itself. The nodes inside stay, and
 * are dead where nothing else reads them.
 */
export function withGelus(graph: ModelGraph): ModelNode[] {
  if (!graph.node.some(({ op_type }) => op_type === 'Erf')) return graph.node;
  const maker = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));

  /** The one number that a name stands for, if it does. */
  const numberOf = (name: string): number | undefined => {
    const constant = maker.get(name);
    const value = constant?.op_type === 'Constant' ? constant.attribute.find((one) => one.name === 'value') : undefined;
    const tensor = initializers.get(name) ?? value?.t;
    if (!tensor || tensor.data_location === 1 || tensor.dims.length > 1) return undefined;
    const { data } = constantOf(tensor, `the tensor '${name}'`, new Map());
    return data.length === 1 ? Number(data[0]) : undefined;
  };
  // Half precision rounds √2 to three digits.
  const isNumber = (name: string, wanted: number) => Math.abs((numberOf(name) ?? Number.NaN) - wanted) < 1e-3;
  const operands = (name: string, op: string): [string, string][] => {
    const node = maker.get(name);
    if (node?.op_type !== op || node.input.length !== 2) return [];
    const [a, b] = node.input as [string, string];
    const both: [string, string][] = [
      [a, b],
      [b, a],
    ];
    return op === 'Div' ? both.slice(0, 1) : both;
  };

  /** The x of 1 + erf(x / √2). */
  const errorOf = (name: string): string | undefined => {
    for (const [erf, one] of operands(name, 'Add')) {
      const scaled = maker.get(erf)?.op_type === 'Erf' ? maker.get(erf)!.input[0]! : undefined;
      if (scaled === undefined || !isNumber(one, 1)) continue;
      const quotient = operands(scaled, 'Div').find(([, divisor]) => isNumber(divisor, Math.SQRT2));
      return (quotient ?? operands(scaled, 'Mul').find(([, factor]) => isNumber(factor, Math.SQRT1_2)))?.[0];
    }
    return undefined;
  };

  const geluOf = (node: ModelNode): string | undefined => {
    for (const [inner, c] of operands(node.output[0] ?? '', 'Mul')) {
      for (const [a, b] of operands(inner, 'Mul')) {
        for (const [x, half, sum] of [
          [a, b, c],
          [a, c, b],
          [c, a, b],
        ] as const) {
          if (isNumber(half, 0.5) && errorOf(sum) === x) return x;
        }
      }
    }
    return undefined;
  };
  return graph.node.map((node) => {
    const x = geluOf(node);
    if (x === undefined) return node;
    return { name: node.name, op_type: 'Gelu', domain: '', input: [x], output: node.output, attribute: [] };
  });
}
