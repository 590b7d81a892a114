/** The passes in their order, which is Paddle-Lite's for ARM; a pass says what it is called there. */
import type { Pass } from './pass.js';
import { makePoolGlobal, nameShapes, renameDepthwiseTranspose, writeDefaults } from './passes/canonical.js';
import { foldBatchNorm } from './passes/fold-batch-norm.js';
import { foldBias } from './passes/fold-bias.js';
import { foldConv } from './passes/fold-conv.js';
import { foldScale } from './passes/fold-scale.js';
import { fuseConvActivation, fuseElementwiseActivation, fuseScaleActivation } from './passes/fuse-activation.js';
import { dropFlattenBeforeFc, dropReshapeBeforeMatmul, fuseFc, fuseMatmulAdd, matmulToMul } from './passes/fuse-fc.js';
import { fuseSwish } from './passes/fuse-swish.js';
import {
  dropDropout,
  dropIdentityScale,
  dropMultiplicationByOne,
  mergeScales,
  unsqueezeParameters,
} from './passes/identities.js';
import { softmaxInPlace } from './passes/inner-softmax.js';
import { markInplace } from './passes/mark-inplace.js';
import { padPlane } from './passes/pad-plane.js';
import { settleScales } from './passes/settle-scales.js';
import { fuseShuffleChannel } from './passes/shuffle-channel.js';
import { sparseConv } from './passes/sparse-conv.js';

export const forLite: readonly Pass[] = [
  writeDefaults,
  settleScales,
  renameDepthwiseTranspose,
  unsqueezeParameters,
  makePoolGlobal,
  padPlane,
  foldBias,
  foldBatchNorm,
  foldBias,
  foldConv,
  fuseSwish,
  fuseConvActivation,
  dropReshapeBeforeMatmul,
  fuseMatmulAdd,
  matmulToMul,
  fuseFc,
  fuseShuffleChannel,
  softmaxInPlace,
  dropIdentityScale,
  mergeScales,
  dropMultiplicationByOne,
  fuseScaleActivation,
  dropFlattenBeforeFc,
  fuseElementwiseActivation,
  foldScale,
  dropDropout,
  sparseConv,
  nameShapes,
  markInplace,
];

/** Those whose results are ops of Paddle itself. */
export const forPaddle: readonly Pass[] = [
  unsqueezeParameters,
  makePoolGlobal,
  foldBatchNorm,
  softmaxInPlace,
  dropIdentityScale,
  mergeScales,
  dropMultiplicationByOne,
  dropDropout,
];
