import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  joinParameters,
  parameterNames,
  readProgram,
  type TensorRecord,
  toNumber,
  VarKind,
} from '../../src/paddle/index.js';
import { lcg } from './lcg.js';
import { GOLDEN } from './models.js';

/**
 * A network of full size whose program the repository carries, with parameters drawn from a seed: speed, size and memory
 * do not depend on their values. Returns the folder of the model.
 */
export async function seededModel(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `edge-deploy-${name}-`));
  const file = join(GOLDEN, 'bench', name, 'inference.pdmodel');
  const program = readProgram(await readFile(file));
  const shapes = new Map(
    program.blocks
      .flatMap((block) => block.vars)
      .map((variable) => [variable.name, variable.type?.lod_tensor?.tensor?.dims.map(toNumber) ?? []]),
  );
  const next = lcg(7);
  const parameters = new Map<string, TensorRecord>();
  for (const parameter of parameterNames(program)) {
    const shape = shapes.get(parameter)!;
    // Small weights keep the activations in range; variances (the only vectors that are divided by) stay positive.
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
      shape.length === 1 ? 1 + next() / 4 : next() / 16,
    );
    parameters.set(parameter, { dataType: VarKind.FP32, dims: shape, data: new Uint8Array(data.buffer) });
  }
  await copyFile(file, join(folder, 'inference.pdmodel'));
  await writeFile(join(folder, 'inference.pdiparams'), joinParameters(parameters));
  return folder;
}
