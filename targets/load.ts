import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EdgeDeployError } from '../src/base/errors.js';
import { nearest } from '../src/base/nearest.js';
import { packageRoot } from '../src/base/package-root.js';
import type { Config } from './config.js';
import { type Target, targetOf, targetSchema } from './target.js';

/** The boards we know, and over them those of the user's configuration. A user's board may refine one of ours by name. */
export function loadTargets(config?: Pick<Config, 'targets'>): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  const folder = join(packageRoot, 'targets');
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()) {
    const name = basename(file, '.json');
    targets.set(name, targetOf(name, targetSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))));
  }
  for (const [name, spec] of Object.entries(config?.targets ?? {})) {
    const ours = targets.get(name);
    targets.set(name, targetOf(name, ours?.type === spec.type ? { ...ours, ...spec } : spec));
  }
  return targets;
}

/**
 * Targets by name, comma list, `all` (the user's own, or host where there are none), `tag:x`, glob, or ad hoc:
 * `ssh://user@host:port`, `adb://serial`, `qemu:cpu`, `host`. Throws E_TARGET_UNKNOWN with the nearest name.
 */
export function resolveTargets(
  spec: string,
  targets: ReadonlyMap<string, Target>,
  own: readonly string[] = [],
): Target[] {
  const found = new Map<string, Target>();
  for (const word of spec
    .split(/,(?![a-z]+=)/)
    .map((part) => part.trim())
    .filter(Boolean)) {
    for (const target of resolveOne(word, targets, own)) found.set(target.name, target);
  }
  if (found.size === 0)
    throw new EdgeDeployError('E_TARGET_UNKNOWN', 'no target was named', {
      hint: 'Use -t NAME; see: edge-deploy targets',
    });
  return [...found.values()];
}

function resolveOne(word: string, targets: ReadonlyMap<string, Target>, own: readonly string[]): Target[] {
  const exact = targets.get(word);
  if (exact) return [exact];
  const all = [...targets.values()];
  if (word === 'all') return own.length > 0 ? all.filter(({ name }) => own.includes(name)) : [targets.get('host')!];
  const matching = word.startsWith('tag:')
    ? all.filter(({ tags }) => tags?.includes(word.slice(4)))
    : /[*?]/.test(word)
      ? all.filter(({ name }) => glob(word).test(name))
      : adHoc(word);
  if (matching.length > 0) return matching;
  const guess = nearest(word, [...targets.keys()]);
  throw new EdgeDeployError('E_TARGET_UNKNOWN', `there is no target '${word}'`, {
    hint: guess ? `Did you mean '${guess}'? See: edge-deploy targets` : 'See: edge-deploy targets',
  });
}

function adHoc(word: string): Target[] {
  const ssh = /^ssh:\/\/(?:([^@/]+)@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(word);
  const adb = /^adb:\/\/(.+)$/.exec(word);
  const qemu = /^qemu:(.+)$/.exec(word);
  const spec = ssh
    ? {
        type: 'ssh',
        host: ssh[2]!.replace(/^\[|\]$/g, ''),
        ...(ssh[1] ? { user: ssh[1] } : {}),
        ...(ssh[3] ? { port: Number(ssh[3]) } : {}),
      }
    : adb
      ? { type: 'adb', serial: adb[1] }
      : qemu
        ? { type: 'qemu', cpu: qemu[1], arch: isArmv7(qemu[1]!) ? 'armv7' : 'armv8' }
        : undefined;
  if (!spec) return [];
  const parsed = targetSchema.safeParse(spec);
  if (parsed.success) return [targetOf(word, parsed.data)];
  const { path, message } = parsed.error.issues[0]!;
  throw new EdgeDeployError('E_TARGET_UNKNOWN', `'${word}' is no usable target: ${path.join('.')}: ${message}`, {
    hint: 'Use ssh://user@host:port, adb://SERIAL, qemu:CPU or host.',
  });
}

/** CPU models of qemu-arm that have NEON. */
function isArmv7(cpu: string): boolean {
  return /^cortex-a(7|8|9|15|17)\b/.test(cpu);
}

function glob(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
