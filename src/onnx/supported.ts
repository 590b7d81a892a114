/** Whether there is an importer for every node a model needs. */
import { EdgeDeployError } from '../base/errors.js';
import { isDefaultDomain, type LiveNode } from './interface.js';
import type { Model, ModelNode } from './messages.js';
import { importers } from './ops/index.js';

/** A node's own name, or its place and first output. */
export function nameOf(node: ModelNode, index: number): string {
  return node.name === '' ? `node ${index}, makes '${node.output[0] ?? ''}'` : `'${node.name}'`;
}

/** Names that an error shows for each op; all are in its details. */
const NAMES_SHOWN = 3;

/** Whether there is an importer for the node: of the default operator set, and no function of the model's own. */
export function isSupported(model: Model, node: ModelNode): boolean {
  const own = model.functions.some(({ domain, name }) => domain === node.domain && name === node.op_type);
  return isDefaultDomain(node.domain) && importers.has(node.op_type) && !own;
}

/** The node's type, with its operator set where that is not the default. */
export function typeOf({ domain, op_type }: ModelNode): string {
  return isDefaultDomain(domain) ? op_type : `${domain}::${op_type}`;
}

/** Throws E_OP for all unsupported nodes: types, how often each occurs, and the nodes' names. */
export function assertSupported(model: Model, nodes: readonly LiveNode[]): void {
  const unsupported = new Map<string, string[]>();
  for (const { node, index } of nodes) {
    if (isSupported(model, node)) continue;
    const type = typeOf(node);
    unsupported.set(type, [...(unsupported.get(type) ?? []), nameOf(node, index)]);
  }
  if (unsupported.size === 0) return;
  const sorted = [...unsupported].sort(([a], [b]) => (a < b ? -1 : 1));
  const list = sorted.map(([type, names]) => {
    const more = names.length > NAMES_SHOWN ? ', …' : '';
    return `${type} (${names.length}: ${names.slice(0, NAMES_SHOWN).join(', ')}${more})`;
  });
  throw new EdgeDeployError('E_OP', `the model uses unsupported ops: ${list.join('; ')}`, {
    hint: 'Export the model without them, or cut it in front of them (post-processing can run on the host).',
    details: {
      ops: Object.fromEntries(sorted.map(([type, names]) => [type, names.length])),
      nodes: Object.fromEntries(sorted),
    },
  });
}
