import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { packageRoot } from '../../src/base/package-root.js';
import { cli } from '../support/cli.js';

/** What `--json` prints, field by field: one document a command, also when it fails. Another field is another schema. */
const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-json-'));
t.teardown(() => rm(folder, { recursive: true }));
await writeFile(
  join(folder, 'edge-deploy.yaml'),
  `version: 1\ntargets:\n  board: { type: host, dir: ${join(folder, 'device')} }\n  dead: { type: ssh, host: 127.0.0.1, port: 1 }\n`,
);

const [text, count, number] = [z.string(), z.number().int().nonnegative(), z.number()];
const error = z.strictObject({
  code: z.string().startsWith('E_'),
  exitCode: z.number().int().positive(),
  message: text,
  hint: text.optional(),
  details: z.record(text, z.unknown()).optional(),
});
const precision = z.enum(['fp32', 'int8w', 'int16w', 'int8']);
const agreement = {
  output: text,
  maxDifference: number,
  relative: number,
  rms: number,
  cosine: number,
  sameTop1: number,
  agrees: z.boolean(),
};
const info = z.strictObject({
  transport: text,
  machine: text,
  architecture: text,
  cpu: text,
  features: z.array(text),
  cores: count,
  kernel: text,
  memoryBytes: count,
  governor: text.optional(),
  frequencyHz: count.optional(),
  temperatureCelsius: number.optional(),
  freeBytes: count,
  folder: text,
});
const environment = info.extend({
  tool: text,
  compiler: text,
  programHash: text,
  runnerHash: text,
  command: text,
  date: text,
});
const record = z.strictObject({
  target: text,
  transport: text,
  cpu: text,
  path: text,
  precision,
  threads: count,
  inputs: z.array(text),
  emulated: z.boolean(),
  modelBytes: count,
  programBytes: count,
  runnerBytes: count,
  sent: z.array(z.strictObject({ name: text, bytes: count })),
  bytesSent: count,
  loadNs: number,
  summary: z.strictObject({
    runs: count,
    median: number,
    low: number,
    high: number,
    p95: number,
    p99: number.optional(),
    min: number,
    max: number,
    outliers: count,
    drift: number,
    verdict: z.enum(['stable', 'noisy', 'drifting']),
  }),
  stop: text,
  instructions: count.optional(),
  peakRssBytes: count,
  arenaBytes: count,
  macs: count,
  agreement: z.array(z.strictObject(agreement)),
  loss: z.array(z.strictObject(agreement).omit({ agrees: true })).optional(),
  steps: z.array(z.strictObject({ name: text, step: text, kernel: text, medianNs: number, share: number })),
  samples: z.array(number),
  environment,
});
const failure = z.strictObject({ target: text, error });
const target = z.looseObject({ name: text, type: text, arch: text });

/** Runs a command with --json: stdout is one document of this shape and nothing else. */
async function documentOf<S extends z.ZodRawShape>(t: Test, args: readonly string[], shape: S, exitCode = 0) {
  const result = await cli([...args, '--json'], { cwd: folder });
  t.equal(result.exitCode, exitCode, `${args[0]}: exit code`, { stderr: result.stderr });
  const schema = z.strictObject({
    schema: z.literal(1),
    ...shape,
    ...(exitCode === 0 || exitCode === 4 ? {} : { error }),
  });
  const parsed = schema.safeParse(JSON.parse(result.stdout));
  t.ok(parsed.success, `${args.join(' ')}: schema`, { found: parsed.error?.issues });
  return parsed.data as Record<string, never>;
}

t.test('push, run, verify, bench', async (t) => {
  const cell = ['-t', 'board', '--precision', 'int8w'];
  await documentOf(t, ['push', MODEL, ...cell, '--preset', 'once'], {
    records: z.array(record).length(1),
    failures: z.array(failure).length(0),
  });
  await documentOf(t, ['run', MODEL, ...cell, '-o', join(folder, 'y.npy')], {
    target: text,
    precision,
    inputs: z.array(text),
    ns: number,
    outputs: z.array(z.strictObject({ name: text, type: text, file: text, first: z.array(number) })).length(1),
  });
  const results = z.array(z.strictObject({ target: text, precision, inputs: z.array(text), ...agreement }));
  const first = z.looseObject({ node: text, op: text, agrees: z.boolean() }).optional();
  const steps = z.array(z.strictObject({ target: text, inputs: z.array(text), compared: count, first })).length(1);
  await documentOf(t, ['verify', MODEL, ...cell, '--bisect'], { results, steps, failures: z.array(failure).length(0) });
});

t.test('some targets failed: one document holds the results, the failures and the error', async (t) => {
  const both = ['-t', 'board,dead', '--precision', 'int8'];
  const some = { failures: z.array(failure).length(1) };
  const pushed = await documentOf(
    t,
    ['push', MODEL, ...both, '--preset', 'once'],
    { records: z.array(record).length(1), ...some },
    20,
  );
  t.match(pushed, {
    error: { code: 'E_SOME_TARGETS' },
    failures: [{ target: 'dead', error: { code: 'E_UNREACHABLE' } }],
  });
  await documentOf(t, ['verify', MODEL, ...both], { results: z.array(z.looseObject({})).length(1), ...some }, 20);
  const probes = z.array(z.strictObject({ target: text, info })).length(1);
  await documentOf(t, ['targets', 'probe', 'board,dead'], { action: z.literal('probe'), results: probes, ...some }, 20);
  const bench = {
    tool: text,
    command: text,
    preset: text,
    node: text,
    results: z.array(z.strictObject({ model: text, record })).length(1),
    failures: z.array(z.strictObject({ target: text, model: text, precision, threads: count, error })).length(1),
  };
  const swept = await documentOf(t, ['bench', MODEL, ...both, '--preset', 'once'], bench, 20);
  const { error: _, ...kept } = swept;
  t.same(JSON.parse(await readFile(join(folder, 'bench.json'), 'utf8')), kept, 'the file holds the same');
});

t.test('quantize, inspect, build', async (t) => {
  const weight = z.strictObject({
    name: text,
    opType: text,
    node: text,
    bits: count,
    bytesBefore: count,
    bytesAfter: count,
    maxError: number,
    rmsError: number,
    minScale: number,
    maxScale: number,
  });
  await documentOf(t, ['quantize', MODEL, '-o', join(folder, 'quantised')], {
    quantizedModel: text,
    report: z.array(weight).min(1),
    left: z.array(z.strictObject({ name: text, opType: text, node: text, bytes: count, reason: text })),
    bytesBefore: count,
    bytesAfter: count,
    warnings: z.array(text),
    dryRun: z.boolean(),
  });
  const bytes = z.strictObject({ fp32: count, int8w: count, int16w: count });
  const layer = z.strictObject({
    name: text,
    op: text,
    output: text,
    macs: count,
    weightBytes: bytes,
    int8Arithmetic: z.boolean(),
  });
  const cost = z.strictObject({ maxError: number, rmsError: number, minScale: number, maxScale: number }).optional();
  const constant = z.strictObject({ name: text, type: text, bytes, int8w: cost, int16w: cost });
  const plans = z.array(z.strictObject({ inputs: z.array(text), arenaBytes: count, macs: count })).length(1);
  const size = z.strictObject({ precision, programBytes: count, arenaBytes: count, macs: count, plans });
  await documentOf(t, ['inspect', MODEL], {
    model: text,
    bytes: count,
    inputs: z.array(text).length(1),
    outputs: z.array(text).length(1),
    layers: z.array(layer).min(1),
    weights: z.array(constant).min(1),
    sizes: z.array(size).length(4),
    unsupported: z.array(z.unknown()).length(0),
    unreached: z.array(z.unknown()).length(0),
  });
  const program = join(folder, 'model.edp');
  await documentOf(t, ['build', MODEL, '-t', 'rpi4', '-o', program], {
    target: text,
    path: text,
    bytes: count,
    precision,
    macs: count,
    arenaBytes: count,
    plans,
  });
  await documentOf(t, ['inspect', program], {
    program: z.looseObject({ architecture: text, path: text, steps: z.array(z.looseObject({ step: text })) }),
  });
  await documentOf(t, ['build', '-t', 'host'], {
    target: text,
    path: text,
    bytes: count,
    hash: text,
    cached: z.boolean(),
  });
});

t.test('targets, doctor, explain', async (t) => {
  await documentOf(t, ['targets'], { targets: z.array(target).min(11) });
  await documentOf(t, ['targets', 'add', 'new', 'ssh://pi@10.0.0.7', '--dry-run'], {
    action: z.literal('add'),
    target: text,
    file: text,
    dryRun: z.literal(true),
  });
  const cleaned = z.array(z.strictObject({ target: text, folder: text }));
  await documentOf(t, ['targets', 'clean', 'board'], {
    action: z.literal('clean'),
    results: cleaned,
    failures: z.array(failure),
  });
  const findings = z.array(z.strictObject({ what: text, ok: z.boolean(), detail: text }));
  await documentOf(t, ['doctor', '-t', 'board'], { findings });
  await documentOf(t, ['doctor', '-t', 'dead', '--dry-run'], { findings });
  const code = z.strictObject({ code: text, exitCode: count, text });
  await documentOf(t, ['explain', 'auth'], { codes: z.array(code).length(1) });
  await documentOf(t, ['explain'], { codes: z.array(code).min(30) });
});

t.test('dry runs', async (t) => {
  const planned = z.strictObject({ target: text, precision, programBytes: count, arenaBytes: count });
  await documentOf(t, ['push', MODEL, '-t', 'board,dead', '--dry-run'], { dryRun: z.array(planned).length(2) });
  const cell = z.strictObject({ target: text, model: text, precision, threads: count });
  await documentOf(t, ['bench', MODEL, '-t', 'board,dead', '--threads', '1,2', '--dry-run'], {
    dryRun: z.array(cell).length(8),
  });
  const build = z.strictObject({ target: text, sources: z.array(text), path: text.optional() });
  await documentOf(t, ['build', '-t', 'rpi4', '--dry-run'], { dryRun: z.array(build).length(1) });
});

t.test('errors', async (t) => {
  const cases: readonly (readonly [readonly string[], number, string])[] = [
    [['push', MODEL, '--tharget', 'board'], 2, 'E_USAGE'],
    [['push', MODEL, '-t', 'bord'], 2, 'E_TARGET_UNKNOWN'],
    [['push', MODEL, '-t', 'dead'], 5, 'E_UNREACHABLE'],
  ];
  for (const [args, exitCode, code] of cases)
    t.match(await documentOf(t, args, {}, exitCode), { error: { code, exitCode } }, args.join(' '));
});
