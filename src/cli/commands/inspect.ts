import { readFileSync, statSync } from 'node:fs';
import { compile, PRECISIONS } from '../../compile.js';
import { formatType } from '../../ir/tensor.js';
import { printGraph } from '../../ir/text.js';
import type { Contents } from '../../load.js';
import type { Precision } from '../../lower/index.js';
import { definitionOf } from '../../ops/index.js';
import { looksLikeProgram, readProgramFile } from '../../program/read.js';
import { formatBytes, formatCount } from '../../report/format.js';
import { renderTable } from '../../report/table.js';
import { defineCommand } from '../command.js';
import { loadForCommand } from '../model.js';
import { configuration, modelFlags, precisionFlag } from '../options.js';

/** What sizes are given for; they hardly differ between CPUs. */
const REFERENCE_MACHINE = { architecture: 'aarch64', path: 'neon', l2: 1 << 20 } as const;

/** What a model is made of, and what int8 and int16 would gain; or what a program file holds. */
export const inspect = defineCommand({
  name: 'inspect',
  summary: 'show ops, shapes and sizes of a model or a program file, and what int8 and int16 would gain',
  configure: (command) =>
    void precisionFlag(modelFlags(command.argument('[model]', 'Paddle or ONNX model, or program file'))).option(
      '--dump-after <pass>',
      'print the graph as text after this pass of the compiler (or all), in --precision (fp32)',
    ),

  async run(context, [model], options) {
    if (model && statSync(model, { throwIfNoEntry: false })?.isFile()) {
      const bytes = readFileSync(model);
      if (looksLikeProgram(bytes)) {
        const summary = readProgramFile(bytes);
        const list = summary.steps.map((step, i) => [String(i), step.step, step.name, formatCount(step.macs)]);
        const text = renderTable(
          [{ title: '#', align: 'right' }, { title: 'step' }, { title: 'name' }, { title: 'MACs', align: 'right' }],
          list,
        );
        const head = `program for ${summary.architecture} (${summary.path}): ${formatBytes(summary.fileBytes)}, arena ${formatBytes(summary.arenaBytes)}`;
        context.result({ program: summary });
        context.print(`${head}\n${text}`);
        return 0;
      }
    }
    const { graph, bytes, path, contents } = await loadForCommand(context, configuration(), model, options);
    if (typeof options.dumpAfter === 'string') {
      compile(graph, {
        ...REFERENCE_MACHINE,
        precision: (options.precision as Precision | undefined) ?? 'fp32',
        passes: {
          dumpAfter: options.dumpAfter,
          onDump: (pass, after) => context.print(`# after ${pass}\n${printGraph(after)}`),
        },
      });
      return 0;
    }
    const sizes = PRECISIONS.flatMap((precision) => {
      if (
        [...graph.constants.values()].some(
          ({ quantization }) => quantization && quantization.bits !== (precision === 'int16w' ? 16 : 8),
        ) &&
        precision !== 'fp32'
      )
        return [];
      const compiled = compile(graph, { ...REFERENCE_MACHINE, precision });
      return [
        { precision, programBytes: compiled.program.length, arenaBytes: compiled.arenaBytes, macs: compiled.macs },
      ];
    });
    const layers = graph.nodes.map((node) => {
      const inputs = node.inputs.map((name) => graph.types.get(name));
      const outputs = node.outputs.map((name) => graph.types.get(name)!);
      const weights = node.inputs.reduce((sum, name) => sum + (graph.constants.get(name)?.data.byteLength ?? 0), 0);
      return {
        name: node.name,
        op: node.op,
        output: outputs.map(formatType).join(' '),
        macs: definitionOf(node.op).macs(inputs, outputs, node.attributes),
        weightBytes: weights,
      };
    });
    const io = (names: readonly string[]) => names.map((name) => `${name} ${formatType(graph.types.get(name)!)}`);
    context.result({
      ...{ model: path, bytes, ...(contents ? { contents } : {}) },
      ...{ inputs: io(graph.inputs), outputs: io(graph.outputs), layers, sizes },
    });
    context.print(`${path}: ${formatBytes(bytes)}`);
    if (contents) context.print(describe(contents));
    context.print(`  inputs   ${io(graph.inputs).join(', ')}\n  outputs  ${io(graph.outputs).join(', ')}\n`);
    const right = { align: 'right' } as const;
    context.print(
      renderTable(
        [
          { title: 'op' },
          { title: 'name' },
          { title: 'output' },
          { title: 'MACs', ...right },
          { title: 'weights', ...right },
        ],
        layers.map((layer) => [
          layer.op,
          layer.name,
          layer.output,
          formatCount(layer.macs),
          layer.weightBytes === 0 ? '' : formatBytes(layer.weightBytes),
        ]),
      ),
    );
    context.print('');
    context.print(
      renderTable(
        [
          { title: 'precision' },
          { title: 'program', ...right },
          { title: 'of fp32', ...right },
          { title: 'arena', ...right },
        ],
        sizes.map((size) => [
          size.precision,
          formatBytes(size.programBytes),
          (size.programBytes / sizes[0]!.programBytes).toFixed(2),
          formatBytes(size.arenaBytes),
        ]),
      ),
    );
    return 0;
  },
});

function describe({ format, ops, tensors }: Contents): string {
  const list = Object.entries(ops).sort(([, a], [, b]) => b - a);
  const total = list.reduce((sum, [, count]) => sum + count, 0);
  return [
    `  format   ${format}`,
    `  ops      ${total}: ${list.map(([type, count]) => `${type} ${count}`).join(', ')}`,
    `  tensors  ${tensors}`,
  ].join('\n');
}
