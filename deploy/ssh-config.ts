import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import type { OpenOptions } from './device.js';
import { SILENCE_MS } from './failures.js';
import { knownHostName } from './known-hosts.js';
import { runProcess } from './process.js';
import { proxyProgram } from './ssh-proxy.js';

/** Where and as whom to connect: the target's own fields, over what the user's ssh configuration says. */
export interface SshSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keys: readonly string[];
  readonly agent: string | undefined;
  /** The host's name in known_hosts. */
  readonly knownAs: string;
  readonly knownHosts: readonly string[];
  /** The known_hosts file that takes new keys, if there is one. */
  readonly newKnownHosts: string | undefined;
  /** What happens to an unknown host key: it is written down, the user may be asked, or neither. */
  readonly unknownKey: 'accept' | 'ask' | 'refuse';
  /** Program and arguments whose standard input and output reach the host; undefined: TCP does. */
  readonly proxy: readonly string[] | undefined;
  /** How the user's own ssh gets there, for hints. */
  readonly command: string;
}

/** What holds where there is no ssh client to ask. */
const DEFAULTS: ReadonlyMap<string, string[]> = new Map([
  ['identityfile', ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']],
  ['userknownhostsfile', ['~/.ssh/known_hosts']],
  ['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts']],
]);

/** Asks the user's own ssh what it would do (`ssh -G`), so that aliases, keys and jumps of ~/.ssh/config hold here too. */
export async function sshSettings(target: Target & { type: 'ssh' }, options: OpenOptions = {}): Promise<SshSettings> {
  const words = [
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
  ];
  const config = await askSsh(target.name, ['-G', ...words, '--', target.host], options);
  const one = (key: string) => {
    const value = config.get(key)?.[0];
    return value === 'none' ? undefined : value;
  };
  // As ssh itself does: the account's home, whatever HOME says.
  const home = (path: string) => (path.startsWith('~/') ? join(userInfo().homedir, path.slice(2)) : path);
  const files = (key: string) =>
    (config.get(key) ?? [])
      .flatMap((line) => line.split(/\s+/))
      .filter((path) => path && path !== 'none')
      .map(home);
  const host = one('hostname') ?? target.host;
  const port = target.port ?? Number(one('port') ?? 22);
  const user = target.user ?? one('user') ?? userInfo().username;
  const [agent, alias, strict] = [config.get('identityagent')?.[0], one('hostkeyalias'), one('stricthostkeychecking')];
  const own = target.knownHosts ? [home(target.knownHosts)] : files('userknownhostsfile');
  return {
    host,
    port,
    user,
    keys: target.key ? [home(target.key)] : (config.get('identityfile') ?? []).map(home),
    agent:
      agent && agent !== 'SSH_AUTH_SOCK' ? (agent === 'none' ? undefined : home(agent)) : process.env.SSH_AUTH_SOCK,
    knownAs: alias?.toLowerCase() ?? knownHostName(host, port),
    knownHosts: target.knownHosts ? own : [...own, ...files('globalknownhostsfile')],
    newKnownHosts: own[0],
    unknownKey: strict === 'accept-new' ? 'accept' : strict === 'true' || strict === 'yes' ? 'refuse' : 'ask',
    proxy: proxyProgram(target.name, {
      host,
      port,
      user,
      original: target.host,
      jump: one('proxyjump'),
      command: one('proxycommand'),
      passesDescriptor: one('proxyusefdpass') === 'yes',
    }),
    command: ['ssh', ...words, target.host].join(' '),
  };
}

/** `ssh -G` as keys and values. It runs the programs of `Match exec`, which may hang. */
async function askSsh(
  name: string,
  args: readonly string[],
  { signal, silenceMs = SILENCE_MS }: OpenOptions,
): Promise<ReadonlyMap<string, string[]>> {
  let output: Awaited<ReturnType<typeof runProcess>>;
  try {
    output = await runProcess(name, 'ssh', args, { silenceMs, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (error instanceof EdgeDeployError && error.code === 'E_TOOL_MISSING') return DEFAULTS;
    if (!(error instanceof EdgeDeployError) || error.code !== 'E_TIMEOUT') throw error;
    throw new EdgeDeployError(
      'E_CONFIG',
      `${name}: ssh is still reading its configuration after ${silenceMs / 1000} s`,
      {
        hint: 'Repair ~/.ssh/config: a program of Match exec may hang.',
      },
    );
  }
  if (output.exitCode !== 0) {
    throw new EdgeDeployError('E_CONFIG', `${name}: ssh cannot read its configuration: ${output.stderr.trim()}`, {
      hint: 'Repair ~/.ssh/config, or host: and user: of the target.',
    });
  }
  const result = new Map<string, string[]>();
  for (const line of output.stdout.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space).toLowerCase();
    result.set(key, [...(result.get(key) ?? []), line.slice(space + 1).trim()]);
  }
  return result;
}
