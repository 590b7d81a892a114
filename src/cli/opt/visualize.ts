import { readFile } from 'node:fs/promises';
import { EdgeDeployError } from '../../base/errors.js';
import { readNaiveBuffer } from '../../naive-buffer/index.js';
import type { Context } from '../context.js';
import { dotOf } from './dot.js';
import { write } from './save.js';
import type { Settings } from './settings.js';

/**
 * Draws every block of an `.nb` file: `<output>Block_<n>.dot`, put together as Paddle-Lite does, so that a folder needs its `/`. Throws
 * E_MODEL_NOT_FOUND, E_MODEL, E_OUTPUT.
 */
export async function visualize(
  context: Context,
  { model, output }: NonNullable<Settings['visualize']>,
): Promise<void> {
  const bytes = await readFile(model).catch((cause: Error) => {
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `Unable to open file: ${model}: ${cause.message}`, {
      hint: 'Give an .nb file that is there and may be read.',
      cause,
    });
  });
  const paths: string[] = [];
  for (const [index, block] of readNaiveBuffer(bytes).program.blocks.entries()) {
    const path = `${output}Block_${index}.dot`;
    await write(context, path, [Buffer.from(dotOf(block))]);
    context.note(`${path}: dot -Tpdf draws it`);
    paths.push(path);
  }
  context.result({ graphs: paths });
}
