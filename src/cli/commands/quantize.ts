import { Option } from 'commander';
import { EdgeDeployError } from '../../base/errors.js';
import { onnxFile } from '../../onnx-file.js';
import { type QuantPostDynamicResult, quantPostDynamic } from '../../paddle/quantize/index.js';
import { formatBytes } from '../../report/format.js';
import { renderTable } from '../../report/table.js';
import { defineCommand } from '../command.js';

/** PaddleSlim's quant_post_dynamic: a Paddle model in, a Paddle model out. */
export const quantize = defineCommand({
  name: 'quantize',
  summary: 'quantise a model’s weights as PaddleSlim’s quant_post_dynamic does',
  configure: (command) =>
    void command
      .argument('<model>', 'folder, prefix or program file of a Paddle model')
      .requiredOption('-o, --output <folder>', 'gets quantized_model and, if asked for, test_model')
      .addOption(
        new Option('--compat <tool>', 'whose integers, scales and attributes to write, byte for byte')
          .choices(['paddle'])
          .default('paddle'),
      )
      .addOption(
        new Option(
          '--improved',
          'also matmul, matmul_v2, fc and transposed convolutions; never biases; shared weights once (not for .nb files)',
        ).conflicts('compat'),
      )
      .addOption(new Option('--weight-bits <bits>').choices(['8', '16']).default('8'))
      .addOption(
        new Option('--weight-quantize-type <type>')
          .choices(['channel_wise_abs_max', 'abs_max'])
          .default('channel_wise_abs_max'),
      )
      .option(
        '--quantizable-op-type <ops>',
        'comma list of conv2d, depthwise_conv2d, mul; more with --improved (default: conv2d,mul; with --improved all)',
      )
      .option('--generate-test-model', 'also write the model with the weights turned back to fp32')
      .option('--model-file <name>', 'program file inside the folder')
      .option('--params-file <name>', 'combined parameter file inside the folder')
      .option('--save-model-file <name>')
      .option('--save-params-file <name>')
      .addOption(
        new Option('--layout <layout>', 'file layout of Paddle before or since 2.5').choices(['fluid', 'static']),
      ),

  async run(context, [model], options) {
    const optional = (name: string) => options[name] as string | undefined;
    if ((await onnxFile(model!, optional('modelFile'))) !== undefined) {
      throw new EdgeDeployError(
        'E_USAGE',
        `${model} is an ONNX model: quantize writes Paddle models, as PaddleSlim does`,
        {
          hint: 'Quantise while compiling: edge-deploy push or build with --precision int8w, int16w or int8.',
        },
      );
    }
    const result = await quantPostDynamic({
      model_dir: model!,
      save_model_dir: options.output as string,
      model_filename: optional('modelFile'),
      params_filename: optional('paramsFile'),
      save_model_filename: optional('saveModelFile'),
      save_params_filename: optional('saveParamsFile'),
      mode: options.improved === true ? 'improved' : 'paddle',
      quantizable_op_type: optional('quantizableOpType')?.split(','),
      weight_bits: Number(options.weightBits) as 8 | 16,
      weight_quantize_type: options.weightQuantizeType as 'channel_wise_abs_max' | 'abs_max',
      generate_test_model: options.generateTestModel === true,
      layout: options.layout as 'fluid' | 'static' | undefined,
      dryRun: context.dryRun,
      onProgress: context.onProgress,
      signal: context.signal,
    });
    for (const warning of result.warnings) context.note(`warning: ${warning}`);
    context.result({ ...result, dryRun: context.dryRun });
    context.print(tableOf(result));
    const written = [result.quantizedModel, ...(result.testModel ? [result.testModel] : [])];
    context.print(written.map((file) => (context.dryRun ? `would write ${file}` : file)).join('\n'));
    return 0;
  },
});

/** A line a weight, quantised or not, one for the rest of the parameters, and the sum. */
function tableOf({ report, left, bytesBefore, bytesAfter }: QuantPostDynamicResult): string {
  const listed = [...report.map((one) => one.bytesBefore), ...left.map((one) => one.bytes)];
  const others = formatBytes(bytesBefore - listed.reduce((sum, bytes) => sum + bytes, 0));
  const right = { align: 'right' } as const;
  return renderTable(
    [
      { title: 'weight' },
      { title: 'op' },
      { title: 'type' },
      { title: 'before', ...right },
      { title: 'after', ...right },
      { title: 'max error', ...right },
      { title: 'rms error', ...right },
      { title: 'scales, or why it stays as it is' },
    ],
    [
      ...report.map((one) => [
        one.name,
        one.opType,
        `int${one.bits}`,
        formatBytes(one.bytesBefore),
        formatBytes(one.bytesAfter),
        one.maxError.toExponential(1),
        one.rmsError.toExponential(1),
        scaleRange(one),
      ]),
      ...left.map((one) => [one.name, one.opType, '', ...sizes(one.bytes), '', '', one.reason]),
      ['other parameters', '', '', others, others, '', '', 'no weights: biases, norms and the like'],
      ['all parameters', '', '', formatBytes(bytesBefore), formatBytes(bytesAfter)],
    ],
  );
}

function sizes(bytes: number): [string, string] {
  return [formatBytes(bytes), formatBytes(bytes)];
}

function scaleRange({ minScale, maxScale }: QuantPostDynamicResult['report'][number]): string {
  const [min, max] = [minScale, maxScale].map((scale) => scale.toExponential(2));
  return min === max ? min! : `${min} to ${max}`;
}
