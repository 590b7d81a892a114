import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { EdgeDeployError } from '../src/base/errors.js';
import { nearest } from '../src/base/nearest.js';
import { targetSchema } from './target.js';

const precision = z.enum(['fp32', 'int8w', 'int16w', 'int8']);

/** `edge-deploy.yaml`: the project's own defaults and boards. Command-line flags win over it. */
export const configSchema = z.strictObject({
  version: z.literal(1),
  model: z.string().optional(),
  inputs: z.record(z.string(), z.strictObject({ shape: z.array(z.number().int().positive()) })).optional(),
  quantize: z.strictObject({ bits: z.union([z.literal(8), z.literal(16)]).optional() }).optional(),
  precision: precision.optional(),
  targets: z.record(z.string(), targetSchema).optional(),
  bench: z
    .strictObject({
      preset: z.enum(['quick', 'normal', 'strict']).optional(),
      threads: z.array(z.number().int().min(1).max(64)).optional(),
      precision: z.array(precision).optional(),
    })
    .optional(),
});

export type Config = z.infer<typeof configSchema>;

export const CONFIG_FILE = 'edge-deploy.yaml';

/** The nearest edge-deploy.yaml in this folder or above it. */
export function findConfig(from: string = process.cwd()): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Reads and checks a configuration file. Throws E_CONFIG with the line of the first problem. */
export function readConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new EdgeDeployError('E_CONFIG', `the configuration ${file} cannot be read`, { cause });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors[0];
  if (syntax)
    throw new EdgeDeployError(
      'E_CONFIG',
      `${file}:${syntax.linePos?.[0]?.line ?? 1}: ${syntax.message.split('\n')[0]}`,
    );
  const parsed = configSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  // A misspelt field is the likelier cause of another one that is missing.
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const node = document.getIn(unknown === undefined ? path : [...path, unknown], true) as
    | { range?: [number, number, number] }
    | undefined;
  const line = node?.range ? lines.linePos(node.range[0]).line : 1;
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  if (unknown === undefined) throw new EdgeDeployError('E_CONFIG', `${file}:${line}: ${where}${issue.message}`);
  const guess = nearest(unknown, knownKeys(path));
  throw new EdgeDeployError('E_CONFIG', `${file}:${line}: ${where}there is no field '${unknown}'`, {
    hint: guess ? `Did you mean '${guess}'?` : 'Remove it.',
  });
}

function knownKeys(path: readonly (string | number)[]): string[] {
  if (path.length === 0) return Object.keys(configSchema.shape);
  if (path[0] === 'targets') return targetSchema.options.flatMap((option) => Object.keys(option.shape));
  if (path[0] === 'bench') return ['preset', 'threads', 'precision'];
  return ['shape', 'bits'];
}
