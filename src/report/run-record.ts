import type { RunRecord } from '../deployment/summary.js';
import { formatBytes, formatCount, formatInterval, formatShare, formatTime } from './format.js';
import { renderTable } from './table.js';

/** Steps a report names unless all are asked for. */
const SLOWEST = 5;

/** One target's block, as `push` prints it. `verbose` adds all steps and, under emulation, the meaningless run time. */
export function renderRun(record: RunRecord, verbose = false): string {
  const { summary } = record;
  const time = `${formatInterval(summary)}  p95 ${formatTime(summary.p95)}`;
  const lines: readonly Line[] = [
    ...(verbose ? [['inputs', record.inputs.join(', ')] as const] : []),
    ...transferLines(record),
    ...(record.instructions === undefined
      ? []
      : [['instructions', `${formatCount(record.instructions)} per run (exact)`] as const]),
    ...(record.emulated && !verbose
      ? []
      : [[record.emulated ? 'emulated' : 'time', `${time}  ${summary.runs} runs, ${summary.verdict}`] as const]),
    ['memory', `${residentText(record)}, ${formatBytes(record.arenaBytes)} arena`],
    ...record.agreement.map((one) => [one.agrees ? 'agreement' : 'DIFFERS', describeAgreement(one)] as const),
    ...(record.loss ?? []).map((one) => ['against fp32', describeAgreement(one)] as const),
  ];
  const steps = record.steps
    .slice(0, verbose ? undefined : SLOWEST)
    .map((step) => [`  ${step.name}`, step.step, step.kernel, formatTime(step.medianNs), formatShare(step.share)]);
  if (steps.length === 0) return block(record, lines);
  const table = renderTable(
    [
      { title: '  slowest steps' },
      { title: 'step' },
      { title: 'kernel' },
      { title: record.emulated ? 'emulated' : 'median', align: 'right' },
      { title: 'share', align: 'right' },
    ],
    steps,
  );
  return `${block(record, lines)}\n${table}`;
}

/** The runs of one program on one target, one for each of its plans: what they share, then a row a plan. */
export function renderPlans(records: readonly RunRecord[], verbose = false): string {
  const [first, ...others] = records;
  if (!first) return '';
  if (verbose || others.length === 0) return records.map((record) => renderRun(record, verbose)).join('\n\n');
  const most = records.reduce((a, b) => (b.peakRssBytes > a.peakRssBytes ? b : a));
  const table = renderTable(
    [{ title: '  inputs' }, ...MEASURED.slice(0, 3), { title: 'arena', align: 'right' }, ...MEASURED.slice(3)],
    records.map((record) => {
      const cells = measuredCells(record);
      return [`  ${record.inputs.join(', ')}`, ...cells.slice(0, 3), formatBytes(record.arenaBytes), ...cells.slice(3)];
    }),
  );
  return `${block(first, [...transferLines(first), ['memory', residentText(most)]])}\n${table}`;
}

type Line = readonly [label: string, text: string];

function block(record: RunRecord, lines: readonly Line[]): string {
  const head = `${record.target}  ${record.cpu}, ${record.path}, ${record.precision}, ${record.threads} thread${record.threads === 1 ? '' : 's'}`;
  return [head, ...lines.map(([label, text]) => `  ${label.padEnd(13)}${text}`)].join('\n');
}

/** Size, what was sent, and the time to load: the same for all plans of a program. */
function transferLines(record: RunRecord): Line[] {
  const ratio = (record.programBytes / record.modelBytes).toFixed(2);
  const sent =
    record.bytesSent === 0
      ? 'up to date, 0 bytes sent'
      : `${record.sent.map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`).join(', ')} (${formatBytes(record.bytesSent)})`;
  return [
    ['size', `${formatBytes(record.modelBytes)} model → ${formatBytes(record.programBytes)} program (× ${ratio})`],
    ['sent', sent],
    ['load', `${formatTime(record.loadNs)}${record.emulated ? ' (emulated)' : ''}`],
  ];
}

function residentText({ peakRssBytes, emulated }: RunRecord): string {
  return `${formatBytes(peakRssBytes)} peak resident${emulated ? ' (the emulator included)' : ''}`;
}

/** The largest difference among all outputs, as a share of an output's largest value. */
function largestOf(outputs: NonNullable<RunRecord['loss']>): string {
  return Math.max(...outputs.map(({ relative }) => relative)).toExponential(1);
}

function describeAgreement(one: NonNullable<RunRecord['loss']>[number]): string {
  return `${one.output}: max |Δ| ${one.maxDifference.toExponential(1)} = ${one.relative.toExponential(1)} of the largest value, same top class ${formatShare(one.sameTop1)}`;
}

/** Columns of what a run showed, for `measuredCells`. */
const MEASURED = [
  { title: 'median  [95 % interval]', align: 'right' },
  { title: 'p95', align: 'right' },
  { title: 'instructions', align: 'right' },
  { title: 'max |Δ|', align: 'right' },
  { title: 'against fp32', align: 'right' },
  { title: 'verdict' },
] as const;

function measuredCells(record: RunRecord): string[] {
  const differs = record.agreement.some(({ agrees }) => !agrees);
  return [
    record.emulated ? 'emulated' : formatInterval(record.summary),
    record.emulated ? '' : formatTime(record.summary.p95),
    record.instructions === undefined ? '' : formatCount(record.instructions),
    largestOf(record.agreement),
    record.loss ? largestOf(record.loss) : '',
    `${record.emulated ? 'exact' : record.summary.verdict}${differs ? ', DIFFERS' : ''}`,
  ];
}

/** The sweep's table: a row a cell and plan. The inputs are shown where a model was compiled for several shapes. */
export function renderSweep(records: readonly { readonly model: string; readonly record: RunRecord }[]): string {
  const shapes = new Map<string, Set<string>>();
  for (const { model, record } of records) {
    shapes.set(model, (shapes.get(model) ?? new Set()).add(record.inputs.join(', ')));
  }
  const several = [...shapes.values()].some(({ size }) => size > 1);
  return renderTable(
    [
      { title: 'target' },
      { title: 'model' },
      ...(several ? [{ title: 'inputs' }] : []),
      { title: 'precision' },
      { title: 'threads', align: 'right' },
      ...MEASURED.slice(0, 3),
      { title: 'program', align: 'right' },
      { title: 'peak', align: 'right' },
      ...MEASURED.slice(3),
    ],
    records.map(({ model, record }) => {
      const cells = measuredCells(record);
      return [
        record.target,
        model,
        ...(several ? [record.inputs.join(', ')] : []),
        record.precision,
        String(record.threads),
        ...cells.slice(0, 3),
        formatBytes(record.programBytes),
        formatBytes(record.peakRssBytes),
        ...cells.slice(3),
      ];
    }),
  );
}
