/** The Java examples, as a user would run them, against what Paddle computes. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { compile } from '../../../src/compile.js';
import { loadPlans } from '../../../src/load.js';
import { prepareJava } from '../../support/java.js';

t.setTimeout(10 * 60 * 1000);

const examples = join(packageRoot, 'examples');
const folder = t.testdir({});
const sources = ['Classify', 'TextOrientation'].map((name) => join(examples, 'java', `${name}.java`));
const java = await prepareJava(folder, sources);

async function build(model: string, ...shapes: number[][]): Promise<string> {
  const graphs = await loadPlans(
    model,
    shapes.map((shape) => new Map([['x', shape]])),
  );
  const { program } = compile(graphs, { architecture: 'x86_64', path: 'ref', precision: 'fp32', l2: 512 * 1024 });
  await writeFile(join(folder, 'model.edp'), program);
  return join(folder, 'model.edp');
}

t.test('Classify finds the classes that Paddle finds', async (t) => {
  const golden = join(packageRoot, 'test/golden/models/fashion-mobilenet-2.6');
  const model = await build(golden, [1, 1, 56, 56], [1, 1, 28, 28]);
  const { stdout } = await java('Classify', [model, join(examples, 'pictures/ankle-boot.pgm')]);
  // What Paddle 2.6.2 gives for the first test image: its three largest logits.
  t.match(stdout, /^9 6\.30\d\d\n7 3\.61\d\d\n5 1\.39\d\d\n$/);

  const other = join(folder, 'other.pgm');
  await writeFile(other, Buffer.concat([Buffer.from('P5 32 28 255\n'), Buffer.alloc(32 * 28)]));
  const { stderr } = await java('Classify', [model, other]).catch((error) => error);
  t.match(
    stderr,
    /^Classify: input 'x' cannot be 1x1x28x32: the model was compiled for 1x1x56x56, 1x1x28x28\. Compile/,
  );
});

t.test('pictures that are absent, cut short or none are named', async (t) => {
  for (const [main, magic, folderOfModel, shape] of [
    ['Classify', 'P5', 'fashion-mnist/model', [1, 1, 28, 28]],
    ['TextOrientation', 'P6', 'models/text-orientation', [1, 3, 48, 192]],
  ] as const) {
    const model = await build(join(examples, folderOfModel), [...shape]);
    const picture = join(folder, 'bad.ppm');
    const said = async () => (await java(main, [model, picture]).catch((error) => error)).stderr;
    const refused = async (content: string, message: RegExp) => {
      await writeFile(picture, content);
      t.match(await said(), message, `${main}: ${content}`);
    };
    await rm(picture, { force: true });
    t.match(await said(), /bad\.ppm \(No such file or directory\)/, main);
    await refused('', /bad\.ppm is cut short/);
    await refused(`${magic} 28 28 255\nabc`, /bad\.ppm is cut short/);
    await refused('GIF89a and more of it', /bad\.ppm is no /);
  }
});

/** Columns of a PPM picture. */
function cut(picture: Buffer, from: number, to: number): Buffer {
  const [header = '', width = '', height = ''] =
    /^P6\n(\d+) (\d+)\n255\n/.exec(picture.toString('latin1', 0, 30)) ?? [];
  const rows = Array.from({ length: Number(height) }, (_, y) => {
    const start = header.length + y * Number(width) * 3;
    return picture.subarray(start + from * 3, start + to * 3);
  });
  return Buffer.concat([Buffer.from(`P6\n${to - from} ${height}\n255\n`), ...rows]);
}

t.test('TextOrientation gives the scores that Paddle gives', async (t) => {
  const model = await build(join(examples, 'models/text-orientation'), [1, 3, 48, 192]);
  const [upright, turned] = ['text-upright.ppm', 'text-turned.ppm'].map((name) => join(examples, 'pictures', name));
  t.equal((await java('TextOrientation', [model, upright!])).stdout, '0 degrees 1.0000\n');
  t.equal((await java('TextOrientation', [model, turned!])).stdout, '180 degrees 1.0000\n');

  // A part about which the network has its doubts: the preprocessing shows.
  const golden = join(packageRoot, 'test/golden/text-orientation/paddle-2.6.2.json');
  const scores = JSON.parse(await readFile(golden, 'utf8')) as { narrow: [number, number] };
  const narrow = join(folder, 'narrow.ppm');
  await writeFile(narrow, cut(await readFile(upright!), 0, 12));
  const { stdout } = await java('TextOrientation', [model, narrow]);
  const [, degrees, score] = /^(\d+) degrees (\d\.\d+)\n$/.exec(stdout) ?? [];
  t.equal(degrees, '0');
  t.ok(Math.abs(Number(score) - scores.narrow[0]) < 5e-4, `${score}, not ${scores.narrow[0]}`);
});
