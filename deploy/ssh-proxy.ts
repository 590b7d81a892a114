import { Duplex } from 'node:stream';
import { execa } from 'execa';
import { EdgeDeployError } from '../src/base/errors.js';

/** What the user's ssh configuration says about the way to a host. */
export interface ProxySettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The host as the target names it, before aliases. */
  readonly original: string;
  readonly jump: string | undefined;
  readonly command: string | undefined;
  readonly passesDescriptor: boolean;
}

/**
 * The program, and its arguments, that reaches a host by ProxyJump (the user's own ssh, as ssh itself does it) or ProxyCommand;
 * undefined where neither is set. Throws E_CONFIG for what cannot be done.
 */
export function proxyProgram(name: string, settings: ProxySettings): readonly string[] | undefined {
  const { host, port, jump, command } = settings;
  if (jump !== undefined) {
    const hops = jump.split(',');
    const last = hops.pop()!;
    return [
      'ssh',
      // It shares the terminal with us: it must not ask there.
      ...['-o', 'BatchMode=yes'],
      ...(hops.length > 0 ? ['-J', hops.join(',')] : []),
      ...['-W', `[${host}]:${port}`],
      last.startsWith('ssh://') ? last : `ssh://${last}`,
    ];
  }
  if (command === undefined) return undefined;
  if (settings.passesDescriptor) {
    throw new EdgeDeployError('E_CONFIG', `${name}: the ssh configuration has ProxyUseFdpass, which is not supported`, {
      hint: 'Let the ProxyCommand pass the bytes itself, or use ProxyJump.',
    });
  }
  return [process.env.SHELL || '/bin/sh', '-c', `exec ${expand(name, command, settings)}`];
}

/** ProxyCommand with its tokens replaced. A shell reads it, so that host and user must be plain words. */
function expand(name: string, command: string, { host, port, user, original }: ProxySettings): string {
  const values: Readonly<Record<string, string>> = { h: host, p: String(port), r: user, n: original, '%': '%' };
  return command.replaceAll(/%(.?)/g, (token, letter: string) => {
    const value = values[letter];
    if (value === undefined) {
      throw new EdgeDeployError(
        'E_CONFIG',
        `${name}: the ProxyCommand has the token ${token}, which is not supported`,
        {
          hint: 'Use %h, %p, %r, %n and %% only.',
        },
      );
    }
    if (/^-|['`"$\\;&<>|(){}\s]/.test(value)) {
      throw new EdgeDeployError('E_CONFIG', `${name}: '${value}' may not stand in a ProxyCommand`, {
        hint: 'A host and a user are plain words: correct them in the target.',
      });
    }
    return value;
  });
}

/** Starts a proxy. The stream is destroyed with the program's failure, and destroying the stream ends the program. */
export function openProxy([file = '', ...args]: readonly string[]): Duplex {
  const child = execa(file, args, { stdin: 'pipe', encoding: 'buffer', buffer: { stdout: false } });
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    // A program that no longer reads has failed, and says itself why.
    write: (chunk: Buffer, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.stdin.on('error', () => {});
  child.then(
    () => void stream.push(null),
    (error: Error) => void stream.destroy(error),
  );
  return stream;
}

/** What a proxy that failed has said, on one line; undefined for errors of another origin. */
export function proxyWords(error: Error): string | undefined {
  const { stderr, shortMessage } = error as Error & { stderr?: unknown; shortMessage?: string };
  if (shortMessage === undefined) return undefined;
  const said = stderr instanceof Uint8Array ? Buffer.from(stderr).toString() : '';
  return said.trim().split(/\s*\n/).join('; ') || shortMessage;
}
