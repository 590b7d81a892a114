import { readFileSync } from 'node:fs';
import ssh2, { type Client, type ConnectConfig } from 'ssh2';
import { EdgeDeployError } from '../src/base/errors.js';
import type { OpenOptions } from './device.js';
import { interruptedError, SILENCE_MS } from './failures.js';
import { fingerprint, judgeHostKey, knownKeyTypes, type UnknownHostKey, writeHostKey } from './known-hosts.js';
import type { SshSettings } from './ssh-config.js';
import { openProxy, proxyWords } from './ssh-proxy.js';

/** A handshake takes a second or two, on the slowest board. */
const CONNECT_MS = 15_000;

/**
 * A connection is taken for dead when four questions in a row had no answer for so long each. They stand in line behind an
 * upload's data, so that shorter times would end a slow one.
 */
const ASK_ALIVE_MS = 15_000;

/** Connects and authenticates. The host's key is judged before anything is proven to it. */
export function connect(name: string, settings: SshSettings, options: OpenOptions): Promise<Client> {
  const { signal, silenceMs = SILENCE_MS } = options;
  if (signal?.aborted) return Promise.reject(interruptedError());
  const { host, port, user } = settings;
  const methods = authMethods(settings);
  let verdict: EdgeDeployError | undefined;
  let tried = 0;
  const order = knownKeyTypes(settings.knownHosts, settings.knownAs);
  const config: ConnectConfig = {
    host,
    port,
    ...(settings.proxy ? { sock: openProxy(settings.proxy) } : {}),
    username: user,
    readyTimeout: Math.min(CONNECT_MS, silenceMs),
    keepaliveInterval: Math.min(ASK_ALIVE_MS, silenceMs / 3),
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer, verify: (permitted: boolean) => void) => {
      judge(name, settings, key)
        .catch((error: EdgeDeployError) => error)
        .then((judged) => {
          verdict = judged;
          verify(judged === undefined);
        });
    },
    authHandler: (_left, _partial, next) => {
      const method = methods.usable[tried++];
      next((method ?? false) as never);
    },
    ...(order.length > 0 ? { algorithms: { serverHostKey: preferred(order) as never } } : {}),
  };
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const settle = () => {
      signal?.removeEventListener('abort', aborted);
      client.removeAllListeners('error');
      client.on('error', () => {});
    };
    const aborted = () => {
      settle();
      client.destroy();
      reject(interruptedError());
    };
    signal?.addEventListener('abort', aborted, { once: true });
    client.once('ready', () => {
      settle();
      resolve(client);
    });
    client.once('error', (error: Error & { level?: string; code?: string }) => {
      settle();
      client.destroy();
      reject(verdict ?? connectError(name, settings, methods.described, error));
    });
    client.connect(config);
  });
}

/** Every host key algorithm we accept, those of known keys first. */
function preferred(types: readonly string[]): string[] {
  const all = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ];
  const known = all.filter((algorithm) =>
    types.some((type) => type === algorithm || (type === 'ssh-rsa' && algorithm.startsWith('rsa-'))),
  );
  return [...known, ...all.filter((algorithm) => !known.includes(algorithm))];
}

async function judge(name: string, settings: SshSettings, key: Buffer): Promise<EdgeDeployError | undefined> {
  const { knownAs, knownHosts, newKnownHosts, unknownKey } = settings;
  const result = judgeHostKey(knownHosts, knownAs, key);
  if (result.verdict === 'known') return undefined;
  if (result.verdict === 'unknown') {
    if (unknownKey === 'accept' && newKnownHosts) {
      await writeHostKey(newKnownHosts, knownAs, key);
      return undefined;
    }
    return new EdgeDeployError(
      'E_HOSTKEY_UNKNOWN',
      `${name}: the host key of ${knownAs} is not known (${fingerprint(key)})`,
      {
        hint: `Compare the fingerprint with the board's own, then run: edge-deploy targets trust ${name}`,
        details: {
          host: knownAs,
          key: key.toString('base64'),
          fingerprint: fingerprint(key),
          knownHosts: newKnownHosts,
          ask: unknownKey === 'ask',
        } satisfies UnknownHostKey,
      },
    );
  }
  return new EdgeDeployError(
    'E_HOSTKEY_CHANGED',
    `${name}: the host key of ${knownAs} is ${result.verdict}: it shows ${fingerprint(key)}, and ${result.at} has ${result.fingerprint}`,
    { hint: `If the board was set up anew, run: ssh-keygen -R '${knownAs}' -- otherwise someone may be listening.` },
  );
}

interface AuthMethods {
  readonly usable: readonly object[];
  /** What was tried, for the error. */
  readonly described: readonly string[];
}

function authMethods({ user, agent, keys }: SshSettings): AuthMethods {
  const usable: object[] = [];
  const described: string[] = [];
  if (agent) {
    usable.push({ type: 'agent', username: user, agent });
    described.push('the ssh agent');
  }
  for (const path of keys) {
    let text: Buffer;
    try {
      text = readFileSync(path);
    } catch {
      continue;
    }
    const parsed = ssh2.utils.parseKey(text);
    if (parsed instanceof Error) {
      described.push(
        `${path} (unusable: ${/encrypted/i.test(parsed.message) ? 'it has a passphrase; add it to the agent' : parsed.message})`,
      );
      continue;
    }
    usable.push({ type: 'publickey', username: user, key: text });
    described.push(path);
  }
  return { usable, described };
}

function connectError(
  name: string,
  settings: SshSettings,
  tried: readonly string[],
  error: Error & { level?: string; code?: string },
): EdgeDeployError {
  const { host, port, user, proxy, command } = settings;
  if (error.level === 'client-authentication') {
    return new EdgeDeployError(
      'E_AUTH',
      `${name}: ${host} refused ${user}; tried ${tried.length > 0 ? tried.join(', ') : 'no key, because there is none'}`,
      {
        hint: `Put a public key into ${user}'s authorized_keys on the board, and try: ${command}`,
        cause: error,
      },
    );
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new EdgeDeployError('E_DNS', `${name}: the name ${host} is not found`, {
      hint: `Check host: in the target; try: ${command}`,
      cause: error,
    });
  }
  const way = proxy ? ` through ${proxy[0] === 'ssh' ? proxy.at(-1) : proxy.at(-1)!.replace(/^exec /, '')}` : '';
  const why = proxyWords(error) ?? error.message;
  return new EdgeDeployError('E_UNREACHABLE', `${name}: cannot connect to ${host}:${port}${way}: ${why}`, {
    hint: `Is the board on and in this network? Try: ${command}`,
    cause: error,
  });
}
