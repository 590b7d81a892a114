import { createHash, createHmac } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EdgeDeployError } from '../src/base/errors.js';
import { makeFolders } from '../src/base/make-folders.js';

export type HostKeyVerdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'unknown' }
  | { readonly verdict: 'changed' | 'revoked'; readonly at: string; readonly fingerprint: string };

/** What an E_HOSTKEY_UNKNOWN carries in its details. */
export interface UnknownHostKey {
  /** The name that the key belongs to in known_hosts. */
  readonly host: string;
  /** The key's blob in base64. */
  readonly key: string;
  readonly fingerprint: string;
  /** The file that takes new keys, if there is one. */
  readonly knownHosts: string | undefined;
  /** Whether the user's ssh configuration allows to ask. */
  readonly ask: boolean;
}

/** The key that an error is about, if the error is that it is unknown. */
export function unknownHostKey(error: unknown): UnknownHostKey | undefined {
  return error instanceof EdgeDeployError && error.code === 'E_HOSTKEY_UNKNOWN'
    ? (error.details as Readonly<Record<string, unknown>> & UnknownHostKey)
    : undefined;
}

interface Entry {
  readonly revoked: boolean;
  readonly patterns: string;
  readonly type: string;
  readonly key: string;
  readonly at: string;
}

/** `SHA256:…` as OpenSSH prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The algorithm a host key's blob begins with, e.g. ssh-ed25519. */
export function keyType(key: Buffer): string {
  return key.length >= 4 ? key.subarray(4, 4 + Math.min(key.readUInt32BE(0), key.length - 4)).toString('latin1') : '';
}

/**
 * Judges a server's key by known_hosts files: plain, [host]:port, hashed, negated, wildcard and @revoked entries. `name` is
 * that of `knownHostName`. Throws E_CONFIG for a file that is there and cannot be read: it may revoke the key.
 */
export function judgeHostKey(files: readonly string[], name: string, key: Buffer): HostKeyVerdict {
  const entries = readEntries(files).filter((entry) => matches(entry.patterns, name));
  const blob = key.toString('base64');
  const revoked = entries.find((entry) => entry.revoked && entry.key === blob);
  if (revoked) return { verdict: 'revoked', at: revoked.at, fingerprint: fingerprint(key) };
  const trusted = entries.filter((entry) => !entry.revoked);
  if (trusted.some((entry) => entry.key === blob)) return { verdict: 'known' };
  const other = trusted.find((entry) => entry.type === keyType(key)) ?? trusted[0];
  if (!other) return { verdict: 'unknown' };
  return { verdict: 'changed', at: other.at, fingerprint: fingerprint(Buffer.from(other.key, 'base64')) };
}

/** Key types known for a host: the server is asked for those first. */
export function knownKeyTypes(files: readonly string[], name: string): string[] {
  return readEntries(files)
    .filter((entry) => !entry.revoked && matches(entry.patterns, name))
    .map((entry) => entry.type);
}

/** The name under which OpenSSH writes a host down. */
export function knownHostName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** Writes a host's key down, unless it is there. Throws E_OUTPUT. */
export async function writeHostKey(file: string, name: string, key: Buffer): Promise<void> {
  try {
    await makeFolders(dirname(file), 0o700);
    // From here on in one go: several boards may be opened at once.
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const line = `${name} ${keyType(key)} ${key.toString('base64')}`;
    if (text.split('\n').includes(line)) return;
    appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new EdgeDeployError('E_OUTPUT', `the host key cannot be written to ${file}: ${(cause as Error).message}`, {
      hint: 'Name a file you may write to with knownHosts: in the target.',
      cause,
    });
  }
}

function readEntries(files: readonly string[]): Entry[] {
  return files.flatMap((file) => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (cause) {
      if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return [];
      throw new EdgeDeployError(
        'E_CONFIG',
        `the known host keys in ${file} cannot be read: ${(cause as Error).message}`,
        {
          hint: `Make ${file} readable, or name another with knownHosts: in the target.`,
          cause,
        },
      );
    }
    return text.split('\n').flatMap((line, index): Entry[] => {
      const words = line.trim().split(/\s+/);
      if (words[0] === '' || words[0]!.startsWith('#')) return [];
      const marker = words[0]!.startsWith('@') ? words.shift() : undefined;
      const [patterns, type, key] = words;
      // @cert-authority and markers yet to come vouch for no key of a host.
      if (!patterns || !type || !key || (marker !== undefined && marker !== '@revoked')) return [];
      return [{ revoked: marker === '@revoked', patterns, type, key, at: `${file}:${index + 1}` }];
    });
  });
}

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = patterns.split('|');
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  let found = false;
  for (const pattern of patterns.split(',')) {
    const negated = pattern.startsWith('!');
    if (!glob(negated ? pattern.slice(1) : pattern).test(name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** `*` and `?` of ssh patterns. */
function glob(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}
