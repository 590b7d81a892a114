/**
 * Damaged Paddle models: each either compiles to a program file, or is refused with an error of ours that has exit code 3
 * and a hint. Nothing else may be thrown, nothing may take long, and no number in a file may ask for a large array.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { EdgeDeployError } from '../../src/base/errors.js';
import { compile } from '../../src/compile.js';
import type { Precision } from '../../src/lower/index.js';
import { importProgram, joinParameters, locateModel, readProgram, splitParameters } from '../../src/paddle/index.js';
import { limitAllocations } from '../support/allocations.js';
import { opCases } from '../support/golden-ops.js';
import { GOLDEN } from '../support/models.js';
import { mutateBytes, mutateProgram, mutateShapes, type Pick, picker } from '../support/mutations.js';

t.setTimeout(5 * 60 * 1000);

const CASES = 10_000;
/** Processor time of one model. */
const MOST_MILLISECONDS = 2000;
/** A constant written into a program may have 64 MiB, and the program file holds it. */
const MOST_BYTES = 72 * 2 ** 20;

interface Model {
  readonly name: string;
  readonly program: Uint8Array;
  readonly parameters: Uint8Array;
}

async function load(
  name: string,
  precisions: readonly Precision[],
): Promise<Model & { precisions: readonly Precision[] }> {
  const { program, parameters } = await locateModel(join(GOLDEN, name));
  const file = parameters.kind === 'combined' ? parameters.file : '';
  // Views must not reach beyond the file, so that a read behind its end shows.
  const bytes = existsSync(file) ? new Uint8Array(readFileSync(file)) : new Uint8Array();
  return { name, program: readFileSync(program), parameters: bytes, precisions };
}

const ALL = ['fp32', 'int8w', 'int16w', 'int8'] as const;
const zoo = readdirSync(join(GOLDEN, 'opt-golden/zoo')).filter((name) => name !== 'zoo.json');
const MODELS = [
  ...(await Promise.all(zoo.map((name) => load(`opt-golden/zoo/${name}`, ALL)))),
  await load('fashion-mobilenet-2.6', ALL),
  await load('fashion-mobilenet-pir-3.3', ALL),
  await load('fashion-lenet-1.8/combined', ALL),
  await load('fashion-mobilenet-2.6/quantized/int8-channel', ['fp32', 'int8w', 'int8']),
  await load('fashion-lenet-1.8/quantized/int16-channel', ['fp32', 'int16w']),
  // One program in twelve of those that Paddle made for single ops.
  ...opCases()
    .filter((_, i) => i % 12 === 0)
    .map(({ name, program, parameters }) => ({
      ...{ name, program: new Uint8Array(program), parameters: new Uint8Array(parameters), precisions: ALL },
    })),
];

type Outcome = 'compiled' | 'E_MODEL' | 'E_OP' | 'E_SHAPE' | 'E_WEIGHTS';

function outcomeOf({ name, program, parameters }: Model, precision: Precision): Outcome {
  try {
    const read = readProgram(program);
    const graph = importProgram(name, read, splitParameters(read, parameters));
    compile(graph, { architecture: 'aarch64', path: 'neon', precision, l2: 512 * 1024 });
    return 'compiled';
  } catch (error) {
    if (!(error instanceof EdgeDeployError) || error.exitCode !== 3 || !error.hint) throw error;
    return error.code as Outcome;
  }
}

/** One of the four ways to damage a model: its program's bytes, its program's values, shapes, or a parameter's header. */
function damaged(model: Model, way: number, pick: Pick): Model {
  switch (way) {
    case 0:
      return { ...model, program: mutateBytes(model.program, pick) };
    case 1:
      return { ...model, program: mutateProgram(model.program, pick) };
    case 2: {
      const parameters = splitParameters(readProgram(model.program), model.parameters);
      const mutant = mutateShapes(model.program, parameters, pick);
      return { ...model, program: mutant.program, parameters: new Uint8Array(joinParameters(mutant.parameters)) };
    }
    default: {
      // The header of one of the parameters, and the first bytes of its data.
      const [start, end] = headerOf(model, pick);
      const { parameters } = model;
      const header = mutateBytes(parameters.subarray(start, end), pick);
      const parts = [parameters.subarray(0, start), header, parameters.subarray(end)];
      return { ...model, parameters: new Uint8Array(Buffer.concat(parts)) };
    }
  }
}

function headerOf({ program, parameters }: Model, pick: Pick): [number, number] {
  const records = [...splitParameters(readProgram(program), parameters).values()];
  const chosen = records[pick(records.length)];
  if (chosen === undefined) return [0, 0];
  const end = chosen.data.byteOffset;
  return [Math.max(0, end - 32), Math.min(end + 4, parameters.length)];
}

limitAllocations(MOST_BYTES);

t.test(`${CASES} damaged models compile or are refused`, async (t) => {
  const counts = new Map<Outcome, number>();
  const failures: string[] = [];
  let slowest = { milliseconds: 0, seed: -1 };
  for (let seed = 0; seed < CASES; seed++) {
    const model = MODELS[seed % MODELS.length]!;
    const pick = picker(seed);
    const start = process.cpuUsage();
    try {
      const mutant = damaged(model, pick(4), pick);
      const outcome = outcomeOf(mutant, model.precisions[pick(model.precisions.length)]!);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    } catch (error) {
      failures.push(`seed ${seed}, ${model.name}: ${error instanceof Error ? error.stack : error}`);
    }
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1000 > slowest.milliseconds) slowest = { milliseconds: (user + system) / 1000, seed };
  }
  t.strictSame(failures.slice(0, 3), [], `${failures.length} failures`);
  t.ok(slowest.milliseconds < MOST_MILLISECONDS, `the slowest: ${JSON.stringify(slowest)}`);
  t.comment(JSON.stringify([...counts]));
  // All ways out are taken often: the damage reaches behind the reader.
  for (const outcome of ['compiled', 'E_MODEL', 'E_OP', 'E_SHAPE'] as const) {
    t.ok(counts.get(outcome)! > CASES / 25, `${outcome}: ${counts.get(outcome)}`);
  }
  t.ok(counts.get('E_WEIGHTS')! > 20, `E_WEIGHTS: ${counts.get('E_WEIGHTS')}`);
});

t.test('a program cut after any byte', async (t) => {
  const counts = new Map<Outcome, number>();
  const small = MODELS.filter(({ program }) => program.length < 1500);
  t.ok(small.length > 80, `${small.length} programs`);
  const chosen = small.filter((_, i) => i % 10 === 0);
  for (const model of [...chosen, MODELS.find(({ name }) => name === 'fashion-lenet-1.8/combined')!]) {
    for (let length = 0; length < model.program.length; length++) {
      const outcome = outcomeOf({ ...model, program: model.program.subarray(0, length) }, 'fp32');
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    t.equal(outcomeOf(model, 'fp32'), 'compiled', model.name);
  }
  // Cut between two variables or ops a program still parses; then a fetch is missing.
  t.ok(counts.get('E_MODEL')! > 10_000, JSON.stringify([...counts]));
});
