/** 20,000 damaged files of every form of `.nb`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import { readNaiveBuffer } from '../../src/naive-buffer/index.js';
import { readNaiveModel } from '../../src/naive-buffer/locate.js';
import { readNaiveParameters, readNaiveTopology } from '../../src/naive-buffer/naive.js';
import { writeNaiveBuffer } from '../../src/naive-buffer/write.js';
import { limitAllocations } from '../support/allocations.js';
import { attack } from '../support/attack.js';
import { asMeta1 } from '../support/meta1.js';
import { mutateBytes, type Pick } from '../support/mutations.js';
import { naiveFile, naiveParameter, naiveParameters, naiveTopology } from '../support/naive-writer.js';
import { importIt, smallSeeds } from '../support/seeds.js';
import { mutateCounts, mutateWords } from '../support/structures.js';

t.setTimeout(5 * 60 * 1000);

const CASES = 20_000;
const seeds = smallSeeds(40);
const bytesOf = (pieces: Iterable<Uint8Array>) => new Uint8Array(Buffer.concat([...pieces]));

/** Programs of opt itself, int8 and sparse ones; and op by op as our own writer packs them. */
const made = Object.values(
  JSON.parse(gunzipSync(readFileSync(join(packageRoot, 'test/golden/nb/made.json.gz'))).toString()) as Record<
    string,
    { nb: string }
  >,
).map(({ nb }) => new Uint8Array(Buffer.from(nb, 'base64')));
const meta2 = [
  ...made,
  ...seeds.map(({ program, parameters }) => bytesOf(writeNaiveBuffer(program, parameters, { optVersion: 'v2.13' }))),
];
const meta1 = meta2.map((file) => new Uint8Array(asMeta1(file)));
const meta0 = seeds.map(({ program, parameters }) => new Uint8Array(naiveFile(program, parameters)));

limitAllocations(72 * 2 ** 20);

/** A file with a damaged header, topology or parameter record; most bytes are weights, and any byte is one. */
function damagedFile(file: Uint8Array, pick: Pick): Uint8Array {
  const end = 26 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(18, true));
  if (pick(12) === 0) return file.subarray(0, pick(file.length + 1));
  if (pick(3) === 0) return mutateBytes(file, pick);
  if (pick(6) === 0) return mutateWords(file, pick, 0, 26);
  // The topology begins at byte 26: its words are aligned to it.
  return pick(2) === 0 ? mutateWords(file, pick, 26, end) : mutateWords(file, pick, end, file.length);
}

function readFile(bytes: Uint8Array, pick: Pick): void {
  const { program, parameters } = readNaiveBuffer(bytes);
  const graph = importIt(program, parameters);
  if (pick(8) > 0) return;
  compile(graph, { architecture: 'aarch64', path: 'neon', precision: 'int8', l2: 512 * 1024 });
}

for (const [name, files] of [
  ['meta version 2', meta2],
  ['meta version 1', meta1],
] as const) {
  t.test(`${name}: ${CASES}`, (t) =>
    attack(t, { cases: CASES, seeds: files, read: (file, pick) => readFile(damagedFile(file, pick), pick) }),
  );
}

t.test(`meta version 0: ${CASES}`, (t) =>
  attack(t, {
    cases: CASES,
    seeds: meta0,
    read: (file, pick) => readFile(pick(2) === 0 ? mutateBytes(file, pick) : mutateCounts(file, pick, 18), pick),
  }),
);

t.test(`the folders before, in memory: ${CASES}`, (t) =>
  attack(t, {
    cases: CASES,
    seeds: seeds.map(({ program, parameters }) => ({
      topology: new Uint8Array(naiveTopology(program)),
      parameters: new Uint8Array(naiveParameters(program, parameters)),
    })),
    read: ({ topology, parameters }, pick) => {
      const mutate = pick(2) === 0 ? mutateBytes : mutateCounts;
      const inTopology = pick(4) > 0;
      const program = readNaiveTopology(inTopology ? mutate(topology, pick) : topology, 0);
      importIt(program, readNaiveParameters(inTopology ? parameters : mutate(parameters, pick), 0));
    },
  }),
);

t.test('and from a folder with a file per parameter: 2,000', async (t) => {
  const { program, parameters } = seeds.find((seed) => seed.parameters.size > 3)!;
  const folder = t.testdir({});
  const files = new Map([...parameters].map(([name, record]) => [`${name}.nb`, naiveParameter(name, record)]));
  files.set('__model__.nb', naiveTopology(program));
  for (const [name, bytes] of files) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  await attack(t, {
    cases: 2000,
    seeds: [...files],
    read: async ([name, bytes], pick) => {
      writeFileSync(join(folder, name), pick(2) === 0 ? mutateBytes(bytes, pick) : mutateCounts(bytes, pick));
      try {
        const read = await readNaiveModel({ name: 'damaged', folder });
        importIt(read.program, read.parameters);
      } finally {
        writeFileSync(join(folder, name), bytes);
      }
    },
  });
});
