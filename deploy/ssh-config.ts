import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import { runProcess } from './process.js';

/** Where and as whom to connect: the target's own fields, over what the user's ssh configuration says. */
export interface SshSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keys: readonly string[];
  readonly agent: string | undefined;
  readonly knownHosts: readonly string[];
  /** `accept-new`: an unknown key is written down instead of refused. */
  readonly acceptNew: boolean;
}

/** Asks the user's own ssh what it would do (`ssh -G`), so that aliases, keys and users of ~/.ssh/config hold here too. */
export async function sshSettings(target: Target & { type: 'ssh' }): Promise<SshSettings> {
  const asked = [
    '-G',
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    '--',
    target.host,
  ];
  const config = await askSsh(target.name, asked);
  const one = (key: string) => config.get(key)?.[0];
  const jump = one('proxyjump');
  if ((jump && jump !== 'none') || (one('proxycommand') ?? 'none') !== 'none') {
    throw new EdgeDeployError(
      'E_CONFIG',
      `${target.name}: the ssh configuration reaches ${target.host} through a proxy, which is not supported`,
      {
        hint: 'Open a tunnel (ssh -L 2222:HOST:22 JUMP) and use ssh://localhost:2222.',
      },
    );
  }
  const home = (path: string) => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);
  const files = (key: string) =>
    (config.get(key) ?? [])
      .flatMap((line) => line.split(/\s+/))
      .filter((path) => path && path !== 'none')
      .map(home);
  const agent = one('identityagent');
  return {
    host: one('hostname') ?? target.host,
    port: target.port ?? Number(one('port') ?? 22),
    user: target.user ?? one('user') ?? userInfo().username,
    keys: target.key ? [home(target.key)] : (config.get('identityfile') ?? []).map(home),
    agent:
      agent && agent !== 'SSH_AUTH_SOCK' ? (agent === 'none' ? undefined : home(agent)) : process.env.SSH_AUTH_SOCK,
    knownHosts: target.knownHosts
      ? [home(target.knownHosts)]
      : [...files('userknownhostsfile'), ...files('globalknownhostsfile')],
    acceptNew: one('stricthostkeychecking') === 'accept-new',
  };
}

/** `ssh -G` as keys and values; empty where there is no ssh client, which ssh2 does not need. */
async function askSsh(name: string, args: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const result = new Map<string, string[]>();
  let output: Awaited<ReturnType<typeof runProcess>>;
  try {
    output = await runProcess(name, 'ssh', args);
  } catch (error) {
    if (error instanceof EdgeDeployError && error.code === 'E_TOOL_MISSING') return result;
    throw error;
  }
  if (output.exitCode !== 0) {
    throw new EdgeDeployError('E_CONFIG', `${name}: ssh cannot read its configuration: ${output.stderr.trim()}`, {
      hint: 'Repair ~/.ssh/config.',
    });
  }
  for (const line of output.stdout.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space).toLowerCase();
    result.set(key, [...(result.get(key) ?? []), line.slice(space + 1).trim()]);
  }
  return result;
}
