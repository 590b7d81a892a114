import type { Graph } from '../ir/graph.js';
import { foldAffine } from './fold-affine.js';
import { foldConstants } from './fold-constants.js';
import { fuseActivations } from './fuse-activations.js';
import { fuseResiduals } from './fuse-residuals.js';
import { matchActivations } from './match-activations.js';
import { removeDead } from './remove-dead.js';
import { removeIdentities } from './remove-identities.js';
import { unflattenFc } from './unflatten-fc.js';

/** A graph in, an equivalent graph out: pure, and idempotent (a second run changes nothing). */
export interface Pass {
  readonly name: string;
  readonly run: (graph: Graph) => Graph;
}

/** What the compiler does to every graph, in this order. */
export const pipeline: readonly Pass[] = [
  { name: 'fold-constants', run: foldConstants },
  { name: 'remove-identities', run: removeIdentities },
  // A use that nobody needs would keep the passes below from fusing.
  { name: 'remove-dead-uses', run: removeDead },
  // Before fold-affine, which would move the parts into other nodes.
  { name: 'match-activations', run: matchActivations },
  { name: 'unflatten-fc', run: unflattenFc },
  { name: 'fold-affine', run: foldAffine },
  { name: 'fuse-residuals', run: fuseResiduals },
  { name: 'fuse-activations', run: fuseActivations },
  { name: 'remove-dead', run: removeDead },
];
