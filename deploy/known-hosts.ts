import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type HostKeyVerdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'unknown' }
  | { readonly verdict: 'changed' | 'revoked'; readonly at: string; readonly fingerprint: string };

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

/** Judges a server's key by known_hosts files: plain, [host]:port, hashed, negated, wildcard and @revoked entries. */
export function judgeHostKey(files: readonly string[], host: string, port: number, key: Buffer): HostKeyVerdict {
  const entries = readEntries(files).filter((entry) => matches(entry.patterns, host, port));
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
export function knownKeyTypes(files: readonly string[], host: string, port: number): string[] {
  return readEntries(files)
    .filter((entry) => !entry.revoked && matches(entry.patterns, host, port))
    .map((entry) => entry.type);
}

/** The name under which OpenSSH writes a host down. */
export function knownHostName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

function readEntries(files: readonly string[]): Entry[] {
  return files.flatMap((file) => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return [];
    }
    return text.split('\n').flatMap((line, index): Entry[] => {
      const words = line.trim().split(/\s+/);
      if (words[0] === '' || words[0]!.startsWith('#')) return [];
      const marker = words[0]!.startsWith('@') ? words.shift() : undefined;
      const [patterns, type, key] = words;
      if (!patterns || !type || !key || marker === '@cert-authority') return [];
      return [{ revoked: marker === '@revoked', patterns, type, key, at: `${file}:${index + 1}` }];
    });
  });
}

function matches(patterns: string, host: string, port: number): boolean {
  const name = knownHostName(host, port);
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
