import type { InspectedWeight, Inspection } from '../../inspection/index.js';
import { formatBytes } from '../format.js';
import { formatError, formatScales } from '../inspection.js';
import type { PageData, PageWeight } from './page/data.js';
import { pageGraph } from './page-graph.js';

/** Everything that the page's script draws: the graph as imported and, where there is one, as compiled. */
export function pageData(inspection: Inspection): PageData {
  const { graph, optimized, weights, folded } = inspection;
  const places = new Map(weights.map(({ name }, place) => [name, place]));
  const graphs = [pageGraph(graph, inspection, places)];
  if (optimized) {
    for (const [i, { name }] of folded.entries()) places.set(name, weights.length + i);
    graphs.push(pageGraph(optimized, { ...inspection, inputs: optimized.inputs, skipped: [] }, places));
  }
  return {
    graphs,
    weights: [...weights.map(pageWeight), ...folded.map((one) => ({ ...pageWeight(one), note: FOLDED }))],
  };
}

const FOLDED =
  'Made by the compiler. What quantisation costs is measured on the weights as imported: they are quantised first.';

function pageWeight({ bytes, scales, values, int8Values, ...weight }: InspectedWeight): PageWeight {
  const errors = (['int8w', 'int16w'] as const).flatMap((storage) => {
    const report = weight[storage];
    if (report === undefined) return [];
    const [max, rms] = [formatError(report.maxError), formatError(report.rmsError)];
    return [{ storage, max, rms, scales: formatScales(report.minScale, report.maxScale) }];
  });
  return {
    facts: [
      ...Object.entries(bytes).map(([storage, size]) => [storage, formatBytes(size)] as const),
      ...(scales ? [['scales', formatScales(scales.low, scales.high)] as const] : []),
    ],
    errors,
    ...(values
      ? {
          histogram: {
            low: values.low.toPrecision(3),
            high: values.high.toPrecision(3),
            before: values.counts,
            ...(int8Values ? { after: int8Values.counts } : {}),
          },
        }
      : {}),
  };
}
