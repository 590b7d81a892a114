import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { writeNaiveBuffer } from '../../src/naive-buffer/index.js';
import { type OptOptions, optimizeProgram } from '../../src/opt/index.js';
import { locateModel } from '../../src/paddle/index.js';
import { readModel } from '../../src/paddle/read.js';
import { GOLDEN } from '../support/models.js';

/** Bytes of a file before which the real opt leaves stray memory. */
const STRAY = 18;

/** Where ours is another file than the real opt's, because that is wrong. */
const OTHERWISE: Readonly<Record<string, string>> = {
  cc_3x3_8_16_24: 'the product of a 3×3 and a 1×1 filter is the right one',
  cc_3x3_8_8_64: 'the product of a 3×3 and a 1×1 filter is the right one',
  conv_conv_grow: 'the product of a 3×3 and a 1×1 filter is the right one',
  conv_bias_relu_scale: 'a scale behind an activation stays',
  conv_bias_scale_before_bias: 'the bias that is added before the scaling is scaled as well',
  shared_filter_one_bn: 'the filter that two convolutions share is copied before a batch norm is folded into one',
  q_mm2_3dINT16: 'matmul_v2 stays fp32',
  q_mm2_3d_INT8: 'matmul_v2 stays fp32',
  q_mm2_nobiasINT16: 'matmul_v2 stays fp32',
  q_mm2_nobias_INT8: 'matmul_v2 stays fp32',
  q_mm2_transYINT16: 'matmul_v2 stays fp32',
  'ppocrv3-paddle-and-onnx/det_paddle int16': 'integers of 38 subnormal biases do not wrap to the other sign',
};

async function ours(folder: string, options: OptOptions): Promise<Buffer> {
  const { program, parameters } = await readModel(await locateModel(folder, {}));
  const optimized = optimizeProgram(program, parameters, { ...options, fusions: 'upstream' });
  return Buffer.concat([...writeNaiveBuffer(optimized.program, optimized.parameters, { optVersion: 'v2.13-rc' })]);
}

t.test('the one-rule programs come out byte for byte as from the real opt', async (t) => {
  const zoo = join(GOLDEN, 'opt-golden', 'zoo');
  const { cases } = JSON.parse(readFileSync(join(zoo, 'zoo.json'), 'utf8')) as {
    cases: Record<string, { result?: { opt_args?: string[] } }>;
  };
  let [same, different] = [0, 0];
  for (const name of readdirSync(zoo).filter((entry) => existsSync(join(zoo, entry, 'arm.nb')))) {
    const flag = cases[name]!.result?.opt_args?.find((argument) => argument.startsWith('--quant_type='));
    const quantType = flag?.split('=')[1] as OptOptions['quantType'];
    const file = await ours(join(zoo, name), quantType ? { quantType } : {});
    const real = readFileSync(join(zoo, name, 'arm.nb'));
    const isSame = file.subarray(STRAY).equals(real.subarray(STRAY));
    t.equal(isSame, !(name in OTHERWISE), `${name}${name in OTHERWISE ? `: ${OTHERWISE[name]}` : ''}`);
    if (isSame) same++;
    else different++;
  }
  t.match({ same, different }, { same: 78, different: 11 });
});

t.test('and so do the networks, quantised by opt or by PaddleSlim', async (t) => {
  const real = JSON.parse(readFileSync(join(packageRoot, 'test', 'golden', 'opt', 'real.json'), 'utf8')) as Record<
    string,
    Record<string, string | null>
  >;
  let same = 0;
  for (const [model, hashes] of Object.entries(real)) {
    for (const [precision, hash] of Object.entries(hashes)) {
      if (hash === null) continue;
      const quantType = precision === 'fp32' ? undefined : (`QUANT_${precision.toUpperCase()}` as 'QUANT_INT8');
      const file = await ours(join(GOLDEN, model), quantType ? { quantType } : {});
      const name = precision === 'fp32' ? model : `${model} ${precision}`;
      const isSame = createHash('sha256').update(file.subarray(STRAY)).digest('hex') === hash;
      t.equal(isSame, !(name in OTHERWISE), `${name}${name in OTHERWISE ? `: ${OTHERWISE[name]}` : ''}`);
      if (isSame) same++;
    }
  }
  t.equal(same, 30);
});
