import { readFileSync, statSync } from 'node:fs';
import { compile } from '../../compile.js';
import { inspectGraph, REFERENCE_MACHINE } from '../../inspection/index.js';
import type { Graph } from '../../ir/graph.js';
import type { SkippedOp } from '../../ir/skipped-op.js';
import { printGraph } from '../../ir/text.js';
import type { Precision } from '../../lower/index.js';
import { looksLikeProgram, readProgramFile } from '../../program/read.js';
import { renderContents } from '../../report/contents.js';
import { renderInspectionPage } from '../../report/html/index.js';
import { renderInspection } from '../../report/inspection.js';
import { renderProgram } from '../../report/program.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { pageFile, writePage } from '../inspect/page-file.js';
import { inspectionRecord } from '../inspect/record.js';
import { refusalOf } from '../inspect/refusal.js';
import { loadForCommand } from '../model.js';
import { configuration, modelFlags, precisionFlag } from '../options.js';

/** What a model is made of, what of it is unsupported, and what int8 and int16 would gain; or what a program file holds. */
export const inspect = defineCommand({
  name: 'inspect',
  summary: 'show ops, shapes and sizes of a model or a program file, and what int8 and int16 would gain',
  configure: (command) =>
    void precisionFlag(modelFlags(command.argument('[model]', 'Paddle or ONNX model, .nb or program file')))
      .option(
        '--dump-after <pass>',
        'print the graph as text after this pass of the compiler (or all), in --precision (fp32)',
      )
      .option(
        '--html [file]',
        'also write a page with the graph drawn (default: the name of the model, in this folder)',
      ),

  async run(context, [model], options) {
    const program = programFile(model);
    const page = options.html === undefined ? undefined : pageFile(options.html, model, program !== undefined);
    if (program) {
      const summary = readProgramFile(program);
      context.result({ program: summary });
      context.print(renderProgram(summary));
      return 0;
    }
    const skipped: SkippedOp[] = [];
    const loaded = await loadForCommand(context, configuration(), model, options, (one) => skipped.push(one));
    const { graphs, bytes, path, contents } = loaded;
    if (typeof options.dumpAfter === 'string') {
      if (skipped.length > 0) throw refusalOf(skipped);
      dump(context, graphs, options.dumpAfter, options.precision as Precision | undefined);
      return 0;
    }
    const inspection = inspectGraph(graphs[0], skipped, graphs.slice(1));
    context.result({ ...inspectionRecord(path, bytes, inspection), ...(contents ? { contents } : {}) });
    if (contents) context.print(renderContents(contents));
    context.print(renderInspection(path, bytes, inspection));
    if (page !== undefined) await writePage(context, page, path, renderInspectionPage({ path, bytes, inspection }));
    if (skipped.length > 0) throw refusalOf(skipped);
    if (inspection.refusal) throw inspection.refusal;
    return 0;
  },
});

/** The bytes of a program file of ours; undefined when the argument is anything else. */
function programFile(model: string | undefined): Uint8Array | undefined {
  if (model === undefined || !statSync(model, { throwIfNoEntry: false })?.isFile()) return undefined;
  const bytes = readFileSync(model);
  return looksLikeProgram(bytes) ? bytes : undefined;
}

function dump(context: Context, graphs: readonly Graph[], dumpAfter: string, precision: Precision = 'fp32'): void {
  const onDump = (pass: string, after: Graph) => context.print(`# after ${pass}\n${printGraph(after)}`);
  compile(graphs, { ...REFERENCE_MACHINE, precision, passes: { dumpAfter, onDump } });
}
