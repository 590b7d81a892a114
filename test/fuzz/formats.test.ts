/** 20,000 damaged models of every format but `.nb`, as far as the graph (what is compiled further: `paddle-model.test.ts`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { importModel, readModel } from '../../src/onnx/index.js';
import {
  joinParameters,
  parameterNames,
  readProgram,
  separateParameters,
  splitParameters,
  writeTensorRecord,
} from '../../src/paddle/index.js';
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

t.test(`Paddle, a file per parameter: ${CASES}`, (t) =>
  attack(t, {
    cases: CASES,
    seeds: seeds
      .filter(({ parameters }) => parameters.size > 0)
      .map(({ programBytes, parameters }) => {
        const files = [...parameters].map(([name, record]) => [name, writeTensorRecord(record)] as const);
        return { programBytes, files: new Map(files) };
      }),
    read: ({ programBytes, files }, pick) => {
      const program = readProgram(pick(2) === 0 ? damagedProgram(programBytes, pick) : programBytes);
      const chosen = [...files.keys()][pick(files.size)]!;
      const mutate = pick(2) === 0 ? mutateBytes : mutateWords;
      // What the program does not name is not read.
      const named = parameterNames(program).flatMap((name) => {
        const bytes = files.get(name);
        return bytes === undefined ? [] : [[name, name === chosen ? mutate(bytes, pick) : bytes] as const];
      });
      importIt(program, separateParameters(program, new Map(named), 'folder'));
    },
  }),
);

/** The first layers of a program of Paddle 3, and their parameters. */
function firstLayers(count: number): { program: Uint8Array; parameters: Uint8Array } {
  const pir = join(GOLDEN, 'fashion-mobilenet-pir-3.3');
  const bytes = new Uint8Array(readFileSync(join(pir, 'inference.json')));
  const json = JSON.parse(Buffer.from(bytes).toString());
  const [block] = json.program.regions[0].blocks;
  const layers = block.ops.filter((op: PirOp) => op['#'] !== 'p').slice(0, count);
  const fetch = { ...block.ops.at(-1), I: [{ '%': layers.at(-1).O[0]['%'] }] };
  const read = new Set(layers.flatMap((op: PirOp) => op.I.map((operand) => operand['%'])));
  const stored = block.ops.filter((op: PirOp) => op['#'] === 'p' && read.has((op.O as Value)['%']));
  block.ops = [...stored, ...layers, fetch];
  const names = new Set(stored.map((op: PirOp) => op.A[3]));
  const all = splitParameters(readProgram(bytes), new Uint8Array(readFileSync(join(pir, 'inference.pdiparams'))));
  const parameters = joinParameters(new Map([...all].filter(([name]) => names.has(name))));
  return { program: Buffer.from(JSON.stringify(json)), parameters: new Uint8Array(parameters) };
}

interface Value {
  readonly '%': number;
}

interface PirOp {
  readonly '#': string;
  readonly A: readonly unknown[];
  readonly I: readonly Value[];
  readonly O: Value | readonly Value[];
}

t.test(`Paddle 3, programs in JSON: ${CASES}`, (t) =>
  attack(t, {
    cases: CASES,
    seeds: [2, 4].map(firstLayers),
    read: ({ program, parameters }, pick) => {
      const read = readProgram(pick(4) === 0 ? mutateBytes(program, pick) : mutateTokens(program, pick));
      importIt(read, splitParameters(read, parameters));
    },
  }),
);

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
