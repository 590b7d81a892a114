/** What Paddle 2.6.2 computes for the pictures of the examples. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.js';

export const EXAMPLES = join(packageRoot, 'examples');

/** The three largest logits for the first test image of Fashion-MNIST. */
export const FIRST_IMAGE = [
  { label: 9, score: 6.30366 },
  { label: 7, score: 3.61584 },
  { label: 5, score: 1.39792 },
] as const;

/** Scores for 0 and 180 degrees by picture; test/golden/text-orientation/make.py made them. */
export const ORIENTATION = JSON.parse(
  readFileSync(join(packageRoot, 'test/golden/text-orientation/paddle-2.6.2.json'), 'utf8'),
) as Readonly<Record<string, readonly number[]>>;

/** A file for each of these pictures: the two of the examples, and those that make.py makes of them, in `folder`. */
export function orientationPictures(folder: string): Readonly<Record<keyof typeof ORIENTATION, string>> {
  const file = (name: string) => join(EXAMPLES, 'pictures', name);
  const [upright, turned] = [readPpm(file('text-upright.ppm')), readPpm(file('text-turned.ppm'))];
  const narrow = upright.map((row) => row.slice(0, 12));
  const made: Readonly<Record<string, Pixels>> = {
    narrow,
    tinted: narrow.map((row) => row.map(([r, g]) => [r, g >> 1, 0])),
    wide: upright.map((row, y) => [...row, ...turned[y]!]),
  };
  const result: Record<string, string> = { upright: file('text-upright.ppm'), turned: file('text-turned.ppm') };
  for (const [name, pixels] of Object.entries(made)) {
    result[name] = join(folder, `${name}.ppm`);
    writeFileSync(
      result[name],
      Buffer.concat([Buffer.from(`P6\n${pixels[0]!.length} ${pixels.length}\n255\n`), Buffer.from(pixels.flat(2))]),
    );
  }
  return result;
}

/** Rows of red, green and blue. */
type Pixels = readonly (readonly (readonly [r: number, g: number, b: number])[])[];

function readPpm(file: string): Pixels {
  const bytes = readFileSync(file);
  const [head = '', width, height] = /^P6\n(\d+) (\d+)\n255\n/.exec(bytes.toString('latin1', 0, 20)) ?? [];
  const pixel = (i: number) => [...bytes.subarray(head.length + 3 * i, head.length + 3 * i + 3)];
  return Array.from({ length: Number(height) }, (_, y) =>
    Array.from(
      { length: Number(width) },
      (_, x) => pixel(y * Number(width) + x) as unknown as [number, number, number],
    ),
  );
}
