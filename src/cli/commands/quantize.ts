import { Option } from 'commander';
import { EdgeDeployError } from '../../base/errors.js';
import { onnxFile } from '../../load.js';
import { quantPostDynamic } from '../../paddle/index.js';
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
      .addOption(new Option('--weight-bits <bits>').choices(['8', '16']).default('8'))
      .addOption(
        new Option('--weight-quantize-type <type>')
          .choices(['channel_wise_abs_max', 'abs_max'])
          .default('channel_wise_abs_max'),
      )
      .option('--quantizable-op-type <ops>', 'comma list of conv2d, depthwise_conv2d, mul', 'conv2d,mul')
      .option('--generate-test-model', 'also write the model with the weights turned back to fp32')
      .option('--model-file <name>', 'program file inside the folder')
      .option('--params-file <name>', 'combined parameter file inside the folder')
      .option('--save-model-file <name>')
      .option('--save-params-file <name>')
      .addOption(
        new Option('--layout <layout>', 'file layout of Paddle before or since 2.5').choices(['fluid', 'static']),
      ),

  async run(context, [model], options) {
    if (context.dryRun)
      throw new EdgeDeployError(
        'E_USAGE',
        '--dry-run has no meaning for quantize: use inspect to see what it would gain',
      );
    if ((await onnxFile(model!, options.modelFile as string | undefined)) !== undefined) {
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
      model_filename: options.modelFile as string | undefined,
      params_filename: options.paramsFile as string | undefined,
      save_model_filename: options.saveModelFile as string | undefined,
      save_params_filename: options.saveParamsFile as string | undefined,
      quantizable_op_type: String(options.quantizableOpType).split(','),
      weight_bits: Number(options.weightBits) as 8 | 16,
      weight_quantize_type: options.weightQuantizeType as 'channel_wise_abs_max' | 'abs_max',
      generate_test_model: options.generateTestModel === true,
      ...(options.layout ? { layout: options.layout as 'fluid' | 'static' } : {}),
      onProgress: context.onProgress,
    });
    for (const warning of result.warnings) context.note(`warning: ${warning}`);
    context.result({ ...result });
    const rows = result.report.map((one) => [
      one.name,
      `int${one.bits}`,
      formatBytes(one.bytesBefore),
      formatBytes(one.bytesAfter),
      one.maxError.toExponential(1),
      one.rmsError.toExponential(1),
    ]);
    const right = { align: 'right' } as const;
    context.print(
      renderTable(
        [
          { title: 'weight' },
          { title: 'type' },
          { title: 'before', ...right },
          { title: 'after', ...right },
          { title: 'max error', ...right },
          { title: 'rms error', ...right },
        ],
        rows,
      ),
    );
    context.print(`${result.quantizedModel}${result.testModel ? `\n${result.testModel}` : ''}`);
    return 0;
  },
});
