import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type Alias,
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import { z } from 'zod';
import { EdgeDeployError } from '../src/base/errors.js';
import { nearest } from '../src/base/nearest.js';
import { targetSchema } from './target.js';

const precision = z.enum(['fp32', 'int8w', 'int16w', 'int8']);

const shape = z.array(z.number().int().positive());

/** The shape an input is compiled for, or several, one plan each. */
const inputSchema = z
  .strictObject({ shape: shape.optional(), shapes: z.array(shape).min(1).optional() })
  .refine((input) => (input.shape === undefined) !== (input.shapes === undefined), 'give either shape or shapes');

/** `edge-deploy.yaml`: the project's own defaults and boards. Command-line flags win over it. */
export const configSchema = z.strictObject({
  version: z.literal(1),
  model: z.string().optional(),
  inputs: z.record(z.string(), inputSchema).optional(),
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
    throw new EdgeDeployError('E_CONFIG', `the configuration ${file} cannot be read`, {
      hint: 'Get the right to read it, or move it out of the way.',
      cause,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fail = (offset: number, problem: string, hint = 'Correct the file there.'): never => {
    throw new EdgeDeployError('E_CONFIG', `${file}:${lines.linePos(offset).line}: ${problem}`, { hint });
  };
  const syntax = document.errors[0];
  if (syntax?.code === 'MULTIPLE_DOCS') fail(syntax.pos[0], 'the file holds multiple documents; keep one');
  if (syntax) fail(syntax.pos[0], syntax.message);
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // Aliases are resolved only now: unknown ones, and those that would grow without end.
    const aliases: Alias[] = [];
    visit(document, { Alias: (_, alias) => void aliases.push(alias) });
    const bad = aliases.find((alias) => !alias.resolve(document)) ?? aliases[0];
    fail(bad?.range?.[0] ?? 0, (error as Error).message);
  }
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  // A misspelt field is the likelier cause of another one that is missing.
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  const where = (at: readonly (string | number)[]) => (at.length > 0 ? `${at.join('.')}: ` : '');
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0]!;
    const guess = nearest(unknown, knownKeys(path, document));
    return fail(
      offsetOf(document, [...path, unknown]),
      `${where(path)}there is no field '${unknown}'`,
      guess ? `Did you mean '${guess}'?` : 'Remove it.',
    );
  }
  if (path.length > 0 && !document.hasIn(path)) {
    return fail(offsetOf(document, path), `${where(path.slice(0, -1))}the field '${path.at(-1)}' is missing`);
  }
  return fail(offsetOf(document, path), `${where(path)}${issue.message}`);
}

/** Where the key or the list item at this path begins, or the innermost one around it that exists. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) break;
      offset = (pair.key as Scalar).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

function knownKeys(path: readonly (string | number)[], document: Document): string[] {
  if (path.length === 0) return Object.keys(configSchema.shape);
  if (path[0] === 'targets') {
    const type = document.getIn([...path, 'type']);
    return targetSchema.options.flatMap(({ shape }) => (shape.type.value === type ? Object.keys(shape) : []));
  }
  if (path[0] === 'bench') return ['preset', 'threads', 'precision'];
  return path[0] === 'inputs' ? ['shape', 'shapes'] : ['bits'];
}
