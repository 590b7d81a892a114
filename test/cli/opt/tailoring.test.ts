import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { merge, tailoringFiles, tailoringOf } from '../../../src/cli/opt/tailoring.js';
import { kernelSource, opSource } from '../../../src/cli/opt/tailoring-sources.js';
import { readNaiveBuffer } from '../../../src/naive-buffer/index.js';
import { GOLDEN } from '../../support/models.js';
import { OPT_GOLDEN } from '../../support/opt-cases.js';

const cls = readNaiveBuffer(readFileSync(join(OPT_GOLDEN, '..', '..', 'nb', 'ppocrv3-cls.int8.nb'))).program;
/** Holds one convolution, as the optimised tiny model does. */
const tiny = readNaiveBuffer(readFileSync(join(GOLDEN, 'opt-golden', 'zoo', 'conv_bias_bn', 'arm.nb'))).program;

t.test('the four lists of real files are those of the real opt', (t) => {
  for (const [name, program] of Object.entries({ cls, tiny })) {
    for (const [file, text] of tailoringFiles(tailoringOf(program))) {
      const expected = readFileSync(join(OPT_GOLDEN, `record-tailoring-${name}`, `${file.slice(1)}.txt`), 'utf8');
      t.equal(text, expected, `${name}: ${file}`);
    }
  }
  t.end();
});

t.test('the lists of a set hold what any of its models needs, once', (t) => {
  const silu = { ops: ['silu', 'feed'], kernels: ['silu,kARM,kFloat,kNCHW,def', 'feed,kHost,kAny,kAny,def'] };
  t.strictSame(merge([tailoringOf(tiny), silu]), {
    ops: ['conv2d', 'feed', 'fetch', 'silu'],
    kernels: [
      ...['conv2d,kARM,kFloat,kNCHW,def', 'feed,kHost,kAny,kAny,def', 'fetch,kHost,kAny,kAny,def'],
      'silu,kARM,kFloat,kNCHW,def',
    ],
  });
  t.end();
});

t.test('the file of a kernel depends on its target', (t) => {
  t.equal(kernelSource('hard_swish,kARM,kFloat,kNCHW,def'), 'activation_extra_compute.cc');
  t.equal(kernelSource('hard_swish,kHost,kFloat,kNCHW,def'), 'activation_compute.cc');
  t.equal(kernelSource('layer_norm,kARM,kFloat,kNCHW,def'), 'layer_norm_compute.cc');
  t.equal(opSource('nearest_interp_v2'), 'interpolate_v2_op.cc');
  t.equal(opSource('layer_norm'), 'layer_norm_op.cc');
  t.end();
});

t.test('an op without a kernel is a bug, not a line', (t) => {
  const program = { blocks: [{ ...tiny.blocks[0]!, ops: [{ type: 'relu', inputs: [], outputs: [], attrs: [] }] }] };
  t.throws(() => tailoringOf(program), { message: /relu has no kernel/ });
  t.end();
});
