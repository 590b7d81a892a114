import type { RunRecord } from '../deployment/summary.js';
import { formatBytes, formatCount, formatInterval, formatShare, formatTime } from './format.js';
import { renderTable } from './table.js';

/** Steps a report names unless all are asked for. */
const SLOWEST = 5;

/** One target's block, as `push` prints it. `verbose` adds all steps and, under emulation, the meaningless run time. */
export function renderRun(record: RunRecord, verbose = false): string {
  const { summary } = record;
  const ratio = (record.programBytes / record.modelBytes).toFixed(2);
  const sent =
    record.bytesSent === 0
      ? 'up to date, 0 bytes sent'
      : `${record.sent.map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`).join(', ')} (${formatBytes(record.bytesSent)})`;
  const time = `${formatInterval(summary)}  p95 ${formatTime(summary.p95)}`;
  const lines: (readonly [string, string])[] = [
    ['size', `${formatBytes(record.modelBytes)} model → ${formatBytes(record.programBytes)} program (× ${ratio})`],
    ['sent', sent],
    ['load', `${formatTime(record.loadNs)}${record.emulated ? ' (emulated)' : ''}`],
    ...(record.instructions === undefined
      ? []
      : [['instructions', `${formatCount(record.instructions)} per run (exact)`] as const]),
    ...(record.emulated && !verbose
      ? []
      : [[record.emulated ? 'emulated' : 'time', `${time}  ${summary.runs} runs, ${summary.verdict}`] as const]),
    [
      'memory',
      `${formatBytes(record.peakRssBytes)} peak resident${record.emulated ? ' (the emulator included)' : ''}, ${formatBytes(record.arenaBytes)} arena`,
    ],
    ...record.agreement.map((one) => [one.agrees ? 'agreement' : 'DIFFERS', describeAgreement(one)] as const),
    ...(record.loss ?? []).map((one) => ['against fp32', describeAgreement(one)] as const),
  ];
  const head = `${record.target}  ${record.cpu}, ${record.path}, ${record.precision}, ${record.threads} thread${record.threads === 1 ? '' : 's'}`;
  const body = lines.map(([label, text]) => `  ${label.padEnd(13)}${text}`);
  const steps = record.steps
    .slice(0, verbose ? undefined : SLOWEST)
    .map((step) => [`  ${step.name}`, step.step, step.kernel, formatTime(step.medianNs), formatShare(step.share)]);
  if (steps.length === 0) return [head, ...body].join('\n');
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
  return [head, ...body, table].join('\n');
}

/** The largest difference among all outputs, as a share of an output's largest value. */
function largestOf(outputs: NonNullable<RunRecord['loss']>): string {
  return Math.max(...outputs.map(({ relative }) => relative)).toExponential(1);
}

function describeAgreement(one: NonNullable<RunRecord['loss']>[number]): string {
  return `${one.output}: max |Δ| ${one.maxDifference.toExponential(1)} = ${one.relative.toExponential(1)} of the largest value, same top class ${formatShare(one.sameTop1)}`;
}

/** The sweep's table: a row a cell. */
export function renderSweep(records: readonly { readonly model: string; readonly record: RunRecord }[]): string {
  return renderTable(
    [
      { title: 'target' },
      { title: 'model' },
      { title: 'precision' },
      { title: 'threads', align: 'right' },
      { title: 'median  [95 % interval]', align: 'right' },
      { title: 'p95', align: 'right' },
      { title: 'instructions', align: 'right' },
      { title: 'program', align: 'right' },
      { title: 'peak', align: 'right' },
      { title: 'max |Δ|', align: 'right' },
      { title: 'against fp32', align: 'right' },
      { title: 'verdict' },
    ],
    records.map(({ model, record }) => [
      record.target,
      model,
      record.precision,
      String(record.threads),
      record.emulated ? 'emulated' : formatInterval(record.summary),
      record.emulated ? '' : formatTime(record.summary.p95),
      record.instructions === undefined ? '' : formatCount(record.instructions),
      formatBytes(record.programBytes),
      formatBytes(record.peakRssBytes),
      largestOf(record.agreement),
      record.loss ? largestOf(record.loss) : '',
      record.emulated ? 'exact' : record.summary.verdict,
    ]),
  );
}
