import { type Inspection, STORAGES, type StoredBytes } from '../inspection/index.js';
import { formatType } from '../ir/tensor.js';
import type { WeightReport } from '../ir/weight-report.js';
import { formatBytes, formatCount } from './format.js';
import { type Column, renderTable } from './table.js';
import { unsupportedOps } from './unsupported.js';

/** What `inspect` prints: interface, layers, weights, sizes, and what is missing, each a table. */
export function renderInspection(path: string, bytes: number, inspection: Inspection): string {
  const { graph, inputs, sizes, skipped, refusal } = inspection;
  const io = (names: readonly string[]) => names.map((name) => `${name} ${formatType(graph.types.get(name)!)}`);
  const outputs = graph.outputs.length > 0 ? io(graph.outputs) : ['not known'];
  return [
    `${path}: ${formatBytes(bytes)}\n  inputs   ${io(inputs).join(', ')}\n  outputs  ${outputs.join(', ')}`,
    ...(graph.nodes.length > 0 ? [layerTable(inspection)] : []),
    ...(inspection.weights.some(({ int8w, int16w }) => int8w ?? int16w) ? [weightTable(inspection)] : []),
    ...(sizes.length > 0 ? [sizeTable(inspection)] : []),
    ...(sizes[0] && sizes[0].plans.length > 1 ? [planTable(inspection)] : []),
    ...(skipped.length > 0 ? [unsupportedTable(inspection)] : []),
    ...(refusal ? [`it cannot be compiled: ${refusal.message}`] : []),
  ].join('\n\n');
}

const right = (title: string): Column => ({ title, align: 'right' });

function layerTable({ layers, integerNodes }: Inspection): string {
  const bytesOf = (bytes: StoredBytes) =>
    STORAGES.map((storage) =>
      bytes[storage] === 0 ? '' : bytes[storage] === undefined ? '–' : formatBytes(bytes[storage]),
    );
  return renderTable(
    [
      { title: 'op' },
      { title: 'name' },
      { title: 'output' },
      right('MACs'),
      ...STORAGES.map(right),
      { title: 'int8 computes in' },
    ],
    layers.map(({ node, outputs, macs, bytes }) => [
      node.op,
      node.name,
      outputs.map(formatType).join(' '),
      formatCount(macs),
      ...bytesOf(bytes),
      integerNodes.has(node.name) ? 'integers' : '',
    ]),
  );
}

function weightTable({ weights }: Inspection): string {
  const errors = (report: WeightReport | undefined) =>
    report ? [formatError(report.maxError), formatError(report.rmsError)] : ['', ''];
  const rows = weights.flatMap(({ name, type, int8w, int16w }) =>
    int8w || int16w
      ? [
          [
            name,
            formatType(type),
            int8w ? formatScales(int8w.minScale, int8w.maxScale) : '',
            ...errors(int8w),
            ...errors(int16w),
          ],
        ]
      : [],
  );
  return renderTable(
    [
      { title: 'quantised weights' },
      { title: 'type' },
      right('int8 scales'),
      right('int8 max error'),
      right('RMS'),
      right('int16 max error'),
      right('RMS'),
    ],
    rows,
  );
}

function sizeTable({ sizes }: Inspection): string {
  return renderTable(
    [{ title: 'precision' }, right('program'), right('of fp32'), right('arena')],
    sizes.map(({ precision, programBytes, arenaBytes }) => [
      precision,
      formatBytes(programBytes),
      (programBytes / sizes[0]!.programBytes).toFixed(2),
      formatBytes(arenaBytes),
    ]),
  );
}

/** What each set of input shapes costs: work, and arena by precision. */
function planTable({ sizes }: Inspection): string {
  return renderTable(
    [{ title: 'inputs' }, right('MACs'), ...sizes.map(({ precision }) => right(`arena ${precision}`))],
    sizes[0]!.plans.map(({ inputs, macs }, i) => [
      inputs.join(', '),
      formatCount(macs),
      ...sizes.map(({ plans }) => formatBytes(plans[i]!.arenaBytes)),
    ]),
  );
}

function unsupportedTable({ graph, skipped }: Inspection): string {
  const table = renderTable(
    [{ title: 'unsupported op' }, right('count'), { title: 'layers' }, { title: 'why' }],
    unsupportedOps(skipped).map(({ op, layers, problems }) => [
      op,
      String(layers.length),
      layers.join(', '),
      problems.join('; ') || 'there is no such op',
    ]),
  );
  const notes: string[] = [];
  if (skipped.some(({ outputs }) => outputs.some((name) => graph.types.has(name)))) {
    notes.push('behind these ops, shapes are those that the model declares');
  }
  const unreached = skipped.filter(({ reason }) => reason === 'unreached');
  if (unreached.length > 0) {
    const list = unreached.map(({ op, name }) => `${op} ${name}`).join(', ');
    notes.push(`not inspected, since the shapes they read are not known (${unreached.length}): ${list}`);
  }
  return [table, ...notes].join('\n\n');
}

export function formatError(error: number): string {
  return error.toExponential(1);
}

/** The range of a weight's scales. */
export function formatScales(smallest: number, largest: number): string {
  const [low, high] = [smallest.toExponential(1), largest.toExponential(1)];
  return low === high ? low : `${low} … ${high}`;
}
