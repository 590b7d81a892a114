import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeDeployError } from './base/errors.js';
import { holdsProgram } from './paddle/locate.js';

/** The ONNX file that a path (and a file name in it) means: itself, or the only one in a folder without a Paddle program. */
export async function onnxFile(path: string, modelFile?: string): Promise<string | undefined> {
  if (path.endsWith('.onnx')) return path;
  if (modelFile !== undefined) return modelFile.endsWith('.onnx') ? join(path, modelFile) : undefined;
  const files = await readdir(path).catch(() => []);
  const models = files.filter((file) => file.endsWith('.onnx'));
  if (models.length === 0 || holdsProgram(files)) return undefined;
  if (models.length === 1) return join(path, models[0]!);
  throw new EdgeDeployError(
    'E_MODEL_NOT_FOUND',
    `the folder ${path} holds ${models.length} models: ${models.sort().join(', ')}`,
    { hint: `Name one: ${join(path, models[0]!)}` },
  );
}
