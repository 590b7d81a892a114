import type { Config } from '../../targets/index.js';
import { EdgeDeployError } from '../base/errors.js';
import type { InputShapes } from '../load.js';

/**
 * The sets of input shapes to compile for; a single one unless an input has several. The k-th shapes of all inputs belong
 * together; an input with one shape has it in every set. Flags replace what edge-deploy.yaml says about their input. Throws
 * E_USAGE for a flag that is no shape and for an input that has neither one shape nor as many as the others.
 */
export function inputShapes(config: Config | undefined, flags: readonly string[]): readonly InputShapes[] {
  const given = new Map<string, (readonly number[])[]>();
  for (const flag of flags) {
    const [, name, text] = /^(.+)=([0-9x×,]+)$/.exec(flag) ?? [];
    const shape = text?.split(/[x×,]/).map(Number);
    if (!name || !shape || shape.some((size) => !Number.isInteger(size) || size < 1)) {
      throw new EdgeDeployError('E_USAGE', `--input-shape '${flag}' is not NAME=1x3x224x224`, {
        hint: 'Give the input’s name and positive whole numbers with x between them.',
      });
    }
    given.set(name, [...(given.get(name) ?? []), shape]);
  }
  const configured = Object.entries(config?.inputs ?? {}).map(
    ([name, { shape, shapes }]) => [name, shapes ?? (shape ? [shape] : [])] as const,
  );
  const all = new Map([...configured, ...given]);
  const [most, count] = [...all].reduce<[string, number]>(
    (best, [name, { length }]) => (length > best[1] ? [name, length] : best),
    ['', 1],
  );
  for (const [name, { length }] of all) {
    if (length === 1 || length === count) continue;
    throw new EdgeDeployError('E_USAGE', `the input '${name}' has ${length} shapes, and '${most}' has ${count}`, {
      hint: `Give '${name}' one shape for all plans, or ${count}: the k-th shapes of all inputs belong together.`,
    });
  }
  return Array.from({ length: count }, (_, k) => new Map([...all].map(([name, list]) => [name, list[k] ?? list[0]!])));
}
