import type { Activation, Graph, Node } from '../ir/graph.js';
import { Draft } from './draft.js';

/**
 * Finds functions that exporters write out in simpler ops and makes them one node, which then joins the op before it:
 * x · sigmoid(x) is swish; min(max(x + 3, 0), 6) / 6 is hard_sigmoid, and that times x, multiplied before or after the
 * division, is hard_swish. What lies between must have no other reader.
 */
export function matchActivations(graph: Graph): Graph {
  const draft = new Draft(graph);
  for (const node of draft.nodes()) {
    const match = sixth(draft, node) ?? product(draft, node);
    if (match === undefined || draft.typeOf(match.x).dtype !== 'f32') continue;
    for (const inner of match.inner) draft.remove(inner);
    draft.replace(node, { ...node, op: 'unary', inputs: [match.x], attributes: { activation: match.activation } });
  }
  return draft.finish();
}

interface Match {
  readonly x: string;
  readonly activation: Activation;
  /** The nodes that go; the matched one itself stays in another form. */
  readonly inner: readonly Node[];
}

const SIXTH = Math.fround(1 / 6);
const hardSwish: Activation = { kind: 'hard_swish', a: 3, b: 6, c: 6 };
const hardSigmoid: Activation = { kind: 'hard_sigmoid', a: SIXTH, b: 0.5, c: 0 };
const swish: Activation = { kind: 'swish', a: 1, b: 0, c: 0 };

/** The maker of a value that nothing else reads. */
function only(draft: Draft, value: string | undefined): Node | undefined {
  return value !== undefined && draft.usedOnce(value) ? draft.maker(value) : undefined;
}

/** A plain sum or product of a value and one number. */
function withNumber(draft: Draft, node: Node, kind: string): { value: string; number: number } | undefined {
  if (node.op !== 'binary' || node.attributes.kind !== kind || node.attributes.activation) return undefined;
  for (const [value = '', other] of [node.inputs, node.inputs.toReversed()]) {
    const constant = draft.constantOf(other);
    const small = constant !== undefined && constant.type.shape.length <= draft.typeOf(value).shape.length;
    if (small && constant.data.length === 1) return { value, number: Number(constant.data[0]) };
    if (kind === 'div') return undefined;
  }
  return undefined;
}

function activationOf(node: Node | undefined): Activation | undefined {
  return node?.op === 'unary' ? (node.attributes.activation as Activation) : undefined;
}

/** The value behind value / 6. */
function divided(draft: Draft, node: Node): string | undefined {
  const quotient = withNumber(draft, node, 'div');
  if (quotient?.number === 6) return quotient.value;
  const scaled = withNumber(draft, node, 'mul');
  if (scaled?.number === SIXTH) return scaled.value;
  const activation = activationOf(node);
  return activation?.kind === 'linear' && activation.a === SIXTH && activation.b === 0 ? node.inputs[0] : undefined;
}

/** min(max(x + 3, 0), 6), read only once. */
function sixOf(draft: Draft, value: string | undefined): { x: string; inner: Node[] } | undefined {
  const clamp = only(draft, value);
  const limits = activationOf(clamp);
  const sum = only(draft, clamp?.inputs[0]);
  if (limits?.kind !== 'clamp' || limits.a !== 0 || limits.b !== 6 || sum === undefined) return undefined;
  const added = withNumber(draft, sum, 'add');
  if (added?.number === 3) return { x: added.value, inner: [clamp!, sum] };
  const shift = activationOf(sum);
  const three = shift?.kind === 'linear' && shift.a === 1 && shift.b === 3;
  return three ? { x: sum.inputs[0]!, inner: [clamp!, sum] } : undefined;
}

/** Something divided by 6: hard_sigmoid, or hard_swish multiplied before. */
function sixth(draft: Draft, node: Node): Match | undefined {
  const value = divided(draft, node);
  const six = sixOf(draft, value);
  if (six) return { ...six, activation: hardSigmoid };
  const times = only(draft, value);
  const found = times && factors(draft, times, (gate) => sixOf(draft, gate));
  return found && { x: found.x, inner: [times, ...found.inner], activation: hardSwish };
}

/** x times a function of x. */
function product(draft: Draft, node: Node): Match | undefined {
  return factors(draft, node, (gate) => {
    const maker = only(draft, gate);
    const activation = activationOf(maker);
    const hard = activation?.kind === 'hard_sigmoid' && activation.a === SIXTH && activation.b === 0.5;
    if (!maker || !(hard || activation?.kind === 'sigmoid')) return undefined;
    return { x: maker.inputs[0]!, inner: [maker], activation: hard ? hardSwish : swish };
  });
}

/** A product of x and what `match` finds to be a function of that same x. */
function factors<T extends { x: string }>(
  draft: Draft,
  node: Node,
  match: (gate: string) => T | undefined,
): T | undefined {
  if (node.op !== 'binary' || node.attributes.kind !== 'mul' || node.attributes.activation) return undefined;
  if (draft.typeOf(node.outputs[0]!).dtype !== 'f32') return undefined;
  for (const [x, gate] of [node.inputs, node.inputs.toReversed()]) {
    const found = match(gate!);
    if (found?.x === x) return found;
  }
  return undefined;
}
