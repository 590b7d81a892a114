import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.js';
import { elementCount } from '../../src/ir/tensor.js';
import { lcgFloats } from './lcg.js';

/** A model, an input, and what Paddle itself made of it. */
export interface GoldenCase {
  readonly name: string;
  /** Folder or file that `locateModel` takes. */
  readonly path: string;
  readonly input: string;
  readonly shape: readonly number[];
  inputData(): Float32Array;
  expected(): Float32Array;
  /** The expected output holds only every n-th row and column. */
  readonly every?: number;
  /** Precisions that must give these numbers: weights that are integers already answer in their own. */
  readonly precisions: readonly ('fp32' | 'int8w' | 'int16w')[];
}

/** Carried by the repository; the same layout as the collection the models come from. */
export const GOLDEN = join(packageRoot, 'test', 'golden', 'models');

export function floatsOf(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The first images of the Fashion-MNIST test set, as the networks were trained: pixel / 255. */
export function fashionImages(root: string, count: number): Float32Array {
  const bytes = readFileSync(join(root, 'fashion-images-64.u8'));
  return Float32Array.from(bytes.subarray(0, count * 784), (pixel) => Math.fround(pixel / 255));
}

/** Every case whose files are under `root`. */
export function goldenCases(root: string = GOLDEN): GoldenCase[] {
  return [...fashion(root), ...references(root), ...detection(root), ...zoo(root), ...bench(root)];
}

const FASHION = [
  { folder: 'fashion-lenet-1.8', fp32: ['separate', 'combined'] },
  { folder: 'fashion-mobilenet-2.6', fp32: ['.'] },
  { folder: 'fashion-resnet8-2.6', fp32: ['.'] },
  { folder: 'fashion-mobilenet-pir-3.3', fp32: ['.'] },
] as const;

function fashion(root: string): GoldenCase[] {
  return FASHION.filter(({ folder }) => existsSync(join(root, folder))).flatMap(({ folder, fp32 }) => {
    const golden = JSON.parse(readFileSync(join(root, folder, 'golden.json'), 'utf8')) as { feed: string[] };
    const make = (name: string, path: string, output: string, precisions: GoldenCase['precisions']): GoldenCase => ({
      name: `${folder}/${name}`,
      path: join(root, folder, path),
      input: golden.feed[0]!,
      shape: [64, 1, 28, 28],
      inputData: () => fashionImages(root, 64),
      expected: () => floatsOf(join(root, folder, 'outputs', output)),
      precisions,
    });
    const outputs = join(root, folder, 'outputs');
    const quantized = (
      existsSync(join(root, folder, 'quantized')) ? readdirSync(join(root, folder, 'quantized')) : []
    ).filter((name) => existsSync(join(outputs, `${name}.f32.bin`)));
    return [
      ...fp32.map((path) => make(path === '.' ? 'fp32' : path, path, 'fp32.f32.bin', ['fp32'])),
      ...quantized.map((name) =>
        make(name, join('quantized', name), `${name}.f32.bin`, ['fp32', name.startsWith('int16') ? 'int16w' : 'int8w']),
      ),
    ];
  });
}

interface Reference {
  readonly cases: readonly {
    readonly name: string;
    readonly feed: string;
    readonly input_shape: number[];
    readonly input: string;
    readonly file?: string;
    readonly output?: number[];
  }[];
}

/** Models with a reference.json of LCG inputs. */
function references(root: string): GoldenCase[] {
  const sets = [
    ['mobilenetv3-3class-2.6', 'mobilenetv3-3class-2.6/reference', 'reference.json'],
    ['tiny-conv-bn-relu-2.2', 'tiny-conv-bn-relu-2.2/reference', 'reference.json'],
    ['ppocrv3-paddle-and-onnx/cls_paddle', 'ppocrv3-paddle-and-onnx/reference', 'paddle-2.6.2-cls.json'],
  ] as const;
  return sets.flatMap(([model, folder, file]) => {
    if (!existsSync(join(root, folder, file))) return [];
    const { cases } = JSON.parse(readFileSync(join(root, folder, file), 'utf8')) as Reference;
    return cases.flatMap((one): GoldenCase[] => {
      const seed = /LCG seed (\d+)/.exec(one.input)?.[1];
      if (!seed || !one.file) return [];
      return [
        {
          name: `${model}/${one.name}`,
          path: join(root, model),
          input: one.feed,
          shape: one.input_shape,
          inputData: () => lcgFloats(elementCount(one.input_shape), Number(seed)),
          expected: () => floatsOf(join(root, folder, one.file!)),
          precisions: ['fp32'],
        },
      ];
    });
  });
}

/** The text detector on a photo: the whole, and a crop whose golden output holds every second row and column. */
function detection(root: string): GoldenCase[] {
  const folder = join(root, 'ppocrv3-paddle-and-onnx', 'reference');
  const photo = join(folder, 'det_demo2_bgr_u8_640x640x3.bin');
  if (!existsSync(photo)) return [];
  const crop = (h: number, w: number) => () => normalised(readFileSync(photo), h, w);
  const common = {
    path: join(root, 'ppocrv3-paddle-and-onnx', 'det_paddle'),
    input: 'x',
    precisions: ['fp32'] as const,
  };
  const whole = join(folder, 'det_output_f32_1x1x640x640.bin');
  return [
    ...(existsSync(whole)
      ? [
          {
            ...common,
            name: 'ppocrv3/det 640x640',
            shape: [1, 3, 640, 640],
            inputData: crop(640, 640),
            expected: () => floatsOf(whole),
          },
        ]
      : []),
    {
      ...common,
      name: 'ppocrv3/det 320x480',
      shape: [1, 3, 320, 480],
      inputData: crop(320, 480),
      expected: () => floatsOf(join(folder, 'paddle_det_demo2_crop_320x480_out_every2_f32_1x1x160x240.bin')),
      every: 2,
    },
  ];
}

/** The top left corner of a 640 × 640 BGR picture, normalised channel by channel, planes first. */
function normalised(pixels: Uint8Array, h: number, w: number): Float32Array {
  const [mean, deviation] = [[0.485, 0.456, 0.406].map(Math.fround), [0.229, 0.224, 0.225].map(Math.fround)];
  const result = new Float32Array(3 * h * w);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const value = Math.fround(Math.fround(pixels[(y * 640 + x) * 3 + c]! / 255) - mean[c]!);
        result[(c * h + y) * w + x] = value / deviation[c]!;
      }
    }
  }
  return result;
}

interface Zoo {
  readonly cases: Readonly<
    Record<string, { input: { name: string; shape: number[]; how: string }; 'paddle_2.6.2': { file: string } | string }>
  >;
}

function zoo(root: string): GoldenCase[] {
  const folder = join(root, 'opt-golden', 'zoo');
  if (!existsSync(join(folder, 'zoo.json'))) return [];
  const { cases } = JSON.parse(readFileSync(join(folder, 'zoo.json'), 'utf8')) as Zoo;
  return Object.entries(cases).flatMap(([name, { input, 'paddle_2.6.2': golden }]): GoldenCase[] => {
    // Five programs have no parameters, and Paddle itself refuses to run those: `withoutTruth` lists them.
    if (typeof golden === 'string') return [];
    return [
      {
        name: `zoo/${name}`,
        path: join(folder, name),
        input: input.name,
        shape: input.shape,
        inputData: () => lcgFloats(elementCount(input.shape), Number(/seed (\d+)/.exec(input.how)![1])),
        expected: () => floatsOf(join(folder, name, golden.file)),
        precisions: ['fp32'],
      },
    ];
  });
}

/** Networks of full size; only where their parameters are at hand. */
function bench(root: string): GoldenCase[] {
  const folder = join(root, 'bench');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'output.f32')))
    .map((name) => ({
      name: `bench/${name}`,
      path: join(folder, name),
      input: 'image',
      shape: [1, 3, 224, 224],
      inputData: () => lcgFloats(3 * 224 * 224, 1),
      expected: () => floatsOf(join(folder, name, 'output.f32')),
      precisions: ['fp32'],
    }));
}

/** Largest difference, as a share of the largest expected value; NaN where either holds what is not finite. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    // Math.max keeps a NaN for good, which a comparison would not.
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference / (largest === 0 ? 1 : largest);
}

/** What remains of an output when only every n-th row and column counts. */
export function thinned(data: Float32Array, shape: readonly number[], every: number): Float32Array {
  const [h, w] = shape.slice(-2) as [number, number];
  const result: number[] = [];
  for (let plane = 0; plane < data.length; plane += h * w) {
    for (let y = 0; y < h; y += every) for (let x = 0; x < w; x += every) result.push(data[plane + y * w + x]!);
  }
  return Float32Array.from(result);
}
