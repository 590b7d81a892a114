/**
 * What our quantiser writes against what real Paddle and PaddleSlim wrote: every parameter record and every quantisation
 * attribute, counted. The goldens are digests (`test/golden/quantization/paddle.golden.json`).
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import {
  AttributeType,
  locateModel,
  type QuantPostDynamicOptions,
  quantPostDynamic,
  readParameters,
  readProgram,
  writeProgram,
} from '../../../src/paddle/index.js';
import { GOLDEN } from '../../support/models.js';

interface Digest {
  /** name → 'element type, shape, digest of the bytes' */
  readonly parameters: Record<string, string>;
  readonly ops: readonly { type: string; output: string; attributes: Record<string, string | number | boolean> }[];
}

type Variants = Record<string, { quantized_model: Digest; test_model?: Digest }>;

const folder = join(packageRoot, 'test/golden/quantization');
const golden = JSON.parse(readFileSync(join(folder, 'paddle.golden.json'), 'utf8')) as {
  models: Record<string, Variants>;
};

/** Cases in which upstream loses weights; there we refuse, and name the tensor. */
const REFUSED: Record<string, RegExp> = {
  'corner-cases/nan int': /'w' hold NaN/,
  'corner-cases/inf int': /'w' hold Infinity/,
  'corner-cases/mul-y3-last-smaller int8-channel': /'m' of mul have the shape \[4,5,2\]/,
  'corner-cases/mul-y3-last-smaller int16-channel': /'m' of mul have the shape \[4,5,2\]/,
};

/** The fp32 models; small ones are with the digests. */
const modelFolder = (model: string) => {
  if (model.startsWith('corner-cases')) return join(folder, model);
  return join(GOLDEN, model, model === 'fashion-lenet-1.8' ? 'combined' : '.');
};

const wholeSha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const sha = (bytes: Uint8Array) => wholeSha(bytes).slice(0, 32);

function optionsOf(model: string, variant: string, save_model_dir: string): QuantPostDynamicOptions {
  return {
    model_dir: modelFolder(model),
    save_model_dir,
    weight_bits: variant.startsWith('int16') ? 16 : 8,
    weight_quantize_type: variant.includes('abs_max') ? 'abs_max' : 'channel_wise_abs_max',
    generate_test_model: true,
    threshold_rate: variant.endsWith('-rate0.01') ? 0.01 : 0,
    ...(variant.includes('default-ops') ? {} : { quantizable_op_type: ['conv2d', 'depthwise_conv2d', 'mul'] }),
    ...(variant.includes('by-2.6.2') || (model.startsWith('corner') && !model.includes('bias-input'))
      ? { layout: 'static' }
      : {}),
  };
}

async function digest(programFile: string): Promise<Digest> {
  const source = await locateModel(programFile);
  const program = readProgram(readFileSync(source.program));
  const parameters: Record<string, string> = {};
  for (const [name, { dataType, dims, data }] of await readParameters(program, source)) {
    parameters[name] = `${dataType} ${dims.join('x')} ${sha(data)}`;
  }
  const ops = [];
  for (const op of program.blocks.flatMap((block) => block.ops)) {
    const attributes: Record<string, string | number | boolean> = {};
    for (const { name, type, i, s, b, floats = [] } of op.attrs) {
      if (name.endsWith('_quant_scale') && type === AttributeType.FLOATS) {
        attributes[name] = `${floats.length} ${sha(new Uint8Array(Float32Array.from(floats).buffer))}`;
      } else if (name === 'quantize_weight_bits') attributes[name] = i!;
      else if (name === 'quantization_type') attributes[name] = Buffer.from(s!).toString();
      else if (name === 'with_quant_attr' && b) attributes[name] = true;
    }
    if (Object.keys(attributes).length > 0)
      ops.push({ type: op.type, output: op.outputs[0]!.arguments[0]!, attributes });
  }
  return { parameters, ops };
}

t.test('every record, scale and attribute equals the golden ones', async (t) => {
  const counts = { models: 0, refused: 0, tensors: 0, scales: 0, differences: 0 };
  for (const [model, variants] of Object.entries(golden.models)) {
    for (const [variant, expected] of Object.entries(variants)) {
      const label = `${model} ${variant}`;
      const options = optionsOf(model, variant, t.testdir());
      const refusal = Object.entries(REFUSED).find(([start]) => label.startsWith(start));
      if (refusal) {
        await t.rejects(quantPostDynamic(options), { code: 'E_WEIGHTS', message: refusal[1] }, label);
        counts.refused++;
        continue;
      }
      const result = await quantPostDynamic(options);
      for (const [written, wanted] of [
        [result.quantizedModel, expected.quantized_model],
        [result.testModel!, expected.test_model],
      ] as const) {
        if (wanted === undefined) continue;
        const actual = await digest(written);
        const same = t.strictSame(actual, wanted, `${label} ${dirname(written).split('/').at(-1)}`);
        counts.models++;
        counts.tensors += Object.keys(wanted.parameters).length;
        counts.scales += wanted.ops.flatMap((op) => Object.values(op.attributes)).reduce<number>(countScales, 0);
        if (!same) counts.differences++;
      }
    }
  }
  t.comment(JSON.stringify(counts));
  t.match(counts, { models: 170, refused: 10, tensors: 1244, scales: 4644, differences: 0 });
});

function countScales(sum: number, value: string | number | boolean): number {
  const count = typeof value === 'string' ? /^(\d+) [0-9a-f]{32}$/.exec(value) : null;
  return sum + Number(count?.[1] ?? 0);
}

interface FileDigests {
  /** SHA-256 of the combined parameter file. */
  readonly file: string;
  /** name → 'digest of the integers, number of scales, digest of the scales' */
  readonly tensors: Record<string, string>;
}

t.test('parameter files of larger models are equal byte for byte', async (t) => {
  const text = readFileSync(join(folder, 'parameter-files.golden.json'), 'utf8');
  const { models } = JSON.parse(text) as { models: Record<string, Record<string, Record<string, FileDigests>>> };
  let tensors = 0;
  for (const [model, variants] of Object.entries(models)) {
    for (const [variant, expected] of Object.entries(variants)) {
      const { quantizedModel, testModel } = await quantPostDynamic(optionsOf(model, variant, t.testdir()));
      for (const [kind, wanted] of Object.entries(expected)) {
        const written = kind === 'test_model' ? testModel! : quantizedModel;
        const bytes = readFileSync(written.replace(/pdmodel$/, 'pdiparams'));
        t.equal(wholeSha(bytes), wanted.file, `${model} ${variant} ${kind}`);
        const { parameters, ops } = await digest(written);
        const scales = Object.assign({}, ...ops.map((op) => op.attributes)) as Record<string, string>;
        const actual = Object.keys(wanted.tensors).map((name) => [
          name,
          `${parameters[name]!.split(' ').at(-1)} ${scales[`${name}_quant_scale`]}`,
        ]);
        t.strictSame(Object.fromEntries(actual), wanted.tensors);
        tensors += actual.length;
      }
    }
  }
  t.equal(tensors, 1583);
});

t.test('parameter files that Paddle wrote, byte for byte', async (t) => {
  let files = 0;
  for (const model of ['fashion-lenet-1.8', 'fashion-mobilenet-2.6', 'fashion-resnet8-2.6']) {
    const quantized = join(GOLDEN, model, 'quantized');
    for (const variant of readdirSync(quantized)) {
      const names = { save_model_filename: 'model.pdmodel', save_params_filename: 'model.pdiparams' };
      const options = { ...optionsOf(model, variant, t.testdir()), ...names };
      const { quantizedModel, report } = await quantPostDynamic(options);
      const [file = ''] = readdirSync(join(quantized, variant)).filter((name) => /params/.test(name));
      const written = readFileSync(join(dirname(quantizedModel), 'model.pdiparams'));
      t.ok(
        written.equals(readFileSync(join(quantized, variant, file))),
        `${model} ${variant}: ${report.length} weights`,
      );
      files++;
    }
  }
  t.equal(files, 15);
});

interface Refusal {
  readonly code: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

t.test('where upstream fails or destroys a model, we refuse and write nothing', async (t) => {
  const corner = (name: string, variant: string) =>
    optionsOf(`corner-cases/${name}`, variant, join(t.testdir(), 'out'));
  const cases: [string, QuantPostDynamicOptions, Refusal][] = [
    // IndexError: index 2 is out of bounds for axis 1 with size 2
    ...(['int8-channel', 'int16-channel'] as const).map((variant): [string, QuantPostDynamicOptions, Refusal] => [
      `mul-y3-last-larger ${variant}`,
      corner('mul-y3-last-larger', variant),
      { code: 'E_WEIGHTS', message: /'m' of mul have the shape \[4,2,5\]/, hint: /abs_max/ },
    ]),
    // ValueError: supplied range of [0, nan] is not finite
    ['nan rate 0.01', corner('nan', 'int8-abs_max-rate0.01'), { code: 'E_WEIGHTS', message: /'w' hold NaN/ }],
    // A negative rate makes every weight 0.
    ...['nan', 'groups-and-depthwise', 'zero-channel', 'zero-weight'].map(
      (name): [string, QuantPostDynamicOptions, Refusal] => [
        `${name} rate -1`,
        { ...corner(name, 'int8-abs_max'), threshold_rate: -1 },
        { code: 'E_USAGE', message: /threshold_rate is -1/ },
      ],
    ),
  ];
  for (const [label, options, expected] of cases) {
    await t.rejects(quantPostDynamic(options), { ...expected }, label);
    t.notOk(existsSync(options.save_model_dir), `${label}: nothing is written`);
  }
  // A second run replaces the scales by 1, or by those of the integers.
  for (const [name, first, second] of [
    ['one-channel', 'int8-channel', 'int8-channel'],
    ['one-channel', 'int8-channel', 'int16-channel'],
    ['one-channel', 'int16-channel', 'int8-channel'],
    ['groups-and-depthwise', 'int8-channel', 'int8-channel'],
  ] as const) {
    const options = corner(name, first);
    const { quantizedModel, testModel } = await quantPostDynamic(options);
    for (const model_dir of [quantizedModel, testModel!]) {
      const again = { ...optionsOf(`corner-cases/${name}`, second, `${options.save_model_dir}/again`), model_dir };
      await t.rejects(
        quantPostDynamic(again),
        { code: 'E_WEIGHTS', hint: /original fp32 model/ },
        `${name} ${first}, ${second}`,
      );
    }
  }
});

t.test('integers without scales are no fp32 weights', async (t) => {
  const folder = t.testdir();
  const { quantizedModel } = await quantPostDynamic(optionsOf('corner-cases/one-channel', 'int8-channel', folder));
  const program = readProgram(readFileSync(quantizedModel));
  for (const op of program.blocks[0]!.ops) op.attrs = op.attrs.filter(({ name }) => !name.endsWith('_quant_scale'));
  writeFileSync(quantizedModel, writeProgram(program));
  await t.rejects(quantPostDynamic({ model_dir: quantizedModel, save_model_dir: join(folder, 'again') }), {
    code: 'E_WEIGHTS',
    message: /'\w' of \w+ are not fp32 numbers \(VarType 21,/,
  });
});
