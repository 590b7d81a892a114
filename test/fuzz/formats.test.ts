/** 20,000 damaged models of every format but `.nb`, as far as the graph (what is compiled further: `paddle-model.test.ts`). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { importModel, readModel } from '../../src/onnx/index.js';
import { importPaddle, readProgram, splitParameters, writeTensorRecord } from '../../src/paddle/index.js';
import { readProgramFile } from '../../src/program/read.js';
import { STEP_CASES } from '../kernels/step-cases.js';
import { limitAllocations } from '../support/allocations.js';
import { attack } from '../support/attack.js';
import { compileAsIs } from '../support/compile-as-is.js';
import { Maker } from '../support/maker.js';
import { GOLDEN } from '../support/models.js';
import { mutateBytes, mutateProgram, type Pick } from '../support/mutations.js';
import { importIt, smallSeeds } from '../support/seeds.js';
import { mutateTokens, mutateVarints, mutateWords } from '../support/structures.js';

t.setTimeout(5 * 60 * 1000);

const CASES = 20_000;
const seeds = smallSeeds(40);
const { cases: onnx } = JSON.parse(
  gunzipSync(readFileSync(join(packageRoot, 'test/golden/onnx/ops.json.gz'))).toString(),
) as { cases: { model: string }[] };

limitAllocations(72 * 2 ** 20);

/** Paddle's program: its bytes, its lengths, its values. */
function damagedProgram(bytes: Uint8Array, pick: Pick): Uint8Array {
  switch (pick(4)) {
    case 0:
      return mutateBytes(bytes, pick);
    case 1:
      return mutateVarints(bytes, pick);
    default:
      return mutateProgram(bytes, pick);
  }
}

t.test(`Paddle, parameters in one file: ${CASES}`, (t) =>
  attack(t, {
    cases: CASES,
    seeds,
    read: ({ programBytes, parameterBytes }, pick) => {
      const inProgram = pick(4) > 0;
      const program = readProgram(inProgram ? damagedProgram(programBytes, pick) : programBytes);
      const records = inProgram ? parameterBytes : mutateWords(mutateBytes(parameterBytes, pick), pick);
      importIt(program, splitParameters(program, records));
    },
  }),
);

t.test(`Paddle, a file per parameter: ${CASES}`, async (t) => {
  const folder = t.testdir({});
  const few = seeds.filter(({ parameters }) => parameters.size > 0).slice(0, 12);
  const models = few.map(({ programBytes, parameters }, i) => {
    const files = [...parameters].map(([name, record]) => [name, writeTensorRecord(record)] as const);
    const model = join(folder, String(i));
    for (const [name, bytes] of [['__model__', programBytes] as const, ...files]) {
      mkdirSync(join(model, name, '..'), { recursive: true });
      writeFileSync(join(model, name), bytes);
    }
    return { folder: model, programBytes, files };
  });
  await attack(t, {
    cases: CASES,
    seeds: models,
    read: async ({ folder, programBytes, files }, pick) => {
      const [name, bytes] = files[pick(files.length)]!;
      const [file, damaged, whole] =
        pick(3) > 0
          ? ['__model__', damagedProgram(programBytes, pick), programBytes]
          : [name, pick(2) === 0 ? mutateBytes(bytes, pick) : mutateWords(bytes, pick), bytes];
      writeFileSync(join(folder, file), damaged);
      try {
        await importPaddle({
          ...{ name: 'damaged', program: join(folder, '__model__') },
          parameters: { kind: 'separate', folder },
        });
      } finally {
        writeFileSync(join(folder, file), whole);
      }
    },
  });
});

t.test(`Paddle 3, programs in JSON: ${CASES}`, (t) => {
  const pir = join(GOLDEN, 'fashion-mobilenet-pir-3.3');
  const { program, ...rest } = JSON.parse(readFileSync(join(pir, 'inference.json'), 'utf8'));
  const { ops, ...block } = program.regions[0].blocks[0];
  const parameters = new Uint8Array(readFileSync(join(pir, 'inference.pdiparams')));
  const whole = { ...rest, program: { ...program, regions: [{ ...program.regions[0], blocks: [{ ...block, ops }] }] } };
  const bytes = Buffer.from(JSON.stringify(whole));
  return attack(t, {
    cases: CASES,
    seeds: [bytes],
    read: (seed, pick) => {
      const read = readProgram(pick(4) === 0 ? mutateBytes(seed, pick) : mutateTokens(seed, pick));
      importIt(read, splitParameters(read, parameters));
    },
  });
});

t.test(`ONNX: ${CASES}`, (t) =>
  attack(t, {
    cases: CASES,
    seeds: onnx.map(({ model }) => new Uint8Array(Buffer.from(model, 'base64'))).filter(({ length }) => length < 4000),
    read: (file, pick) => {
      const damaged = pick(2) === 0 ? mutateBytes(file, pick) : mutateVarints(file, pick);
      importModel('damaged', readModel(damaged));
    },
  }),
);

t.test(`our own program files: ${CASES}`, (t) => {
  const files = [0, 15, 30].map((first) => {
    const make = new Maker('program');
    const graph = make.finish(STEP_CASES.slice(first, first + 8).map(({ build }) => build(make)));
    return new Uint8Array(compileAsIs(graph, { architecture: 'aarch64', path: 'neon' }));
  });
  return attack(t, {
    cases: CASES,
    seeds: files,
    read: (file, pick) => readProgramFile(pick(3) === 0 ? mutateBytes(file, pick) : mutateWords(file, pick)),
  });
});
