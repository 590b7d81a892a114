import { execFileSync } from 'node:child_process';
import t from 'tap';
import type { RunResult } from '../../deploy/index.js';
import { commandLine, openShellDevice, quote, type Shell } from '../../deploy/shell.js';
import { failsWith } from '../support/devices.js';

/** A shell whose answers are given by the command's first word. */
function scripted(answers: Readonly<Record<string, Partial<RunResult>>>, changes: Partial<Shell> = {}) {
  const commands: string[] = [];
  const shell: Shell = {
    exec: async (command) => {
      commands.push(command);
      return { stdout: '', stderr: '', exitCode: 0, ...answers[command.split(' ')[0]!] };
    },
    upload: async () => {},
    download: async () => new Uint8Array(0),
    close: async () => {},
    ...changes,
  };
  const device = openShellDevice(shell, { name: 'pi', transport: 'ssh', built: 'armv8', folder: '/x' });
  return { device, commands };
}

t.test('a quoted word is one word for a shell, and itself', (t) => {
  const words = [
    'plain-1.2_x',
    '',
    ' ',
    "'",
    "''",
    "it's",
    '"',
    '$HOME',
    '$(id)',
    '`id`',
    '\\',
    '*',
    '~',
    '!',
    '#x',
    'a\nb',
    'é',
    '-n',
    '=',
    'a;b',
    '{a,b}',
    '<',
    '\t',
  ];
  for (const sh of ['sh', 'bash'])
    t.equal(
      execFileSync(sh, ['-c', `printf '[%s]' ${commandLine(words)}`]).toString(),
      words.map((word) => `[${word}]`).join(''),
      sh,
    );
  t.equal(quote('/usr/bin/x-1.2'), '/usr/bin/x-1.2', 'readable where nothing is needed');
  t.end();
});

const BOARD = [
  'aarch64',
  '6.1.0-rpi4',
  '4',
  'Features\t: fp asimd evtstrm crc32',
  'CPU part\t: 0xd08',
  'MemTotal:        3884344 kB',
  'ondemand',
  '1500000',
  '48312',
  'Filesystem     1K-blocks    Used Available Use% Mounted on\n/dev/root       30358500 8218904  20875172  29% /',
].join('\n@@\n');

t.test('facts from what a board prints', async (t) => {
  const { device, commands } = scripted({ '{': { stdout: `${BOARD}\n@@\n` } });
  t.same(await device.info(), {
    transport: 'ssh',
    machine: 'aarch64',
    architecture: 'aarch64',
    cpu: '0xd08',
    features: ['fp', 'asimd', 'evtstrm', 'crc32'],
    cores: 4,
    kernel: '6.1.0-rpi4',
    memoryBytes: 3884344 * 1024,
    governor: 'ondemand',
    frequencyHz: 1.5e9,
    temperatureCelsius: 48.312,
    freeBytes: 20875172 * 1024,
    folder: '/x',
  });
  t.equal(commands.length, 1, 'one round trip');
});

t.test('a board that tells nothing', async (t) => {
  const { device } = scripted({ '{': { stdout: '@@\n'.repeat(10) } });
  t.same(await device.info(), {
    transport: 'ssh',
    machine: '',
    architecture: 'unknown',
    cpu: '',
    features: [],
    cores: 1,
    kernel: '',
    folder: '/x',
  });
});

t.test('a full device is recognised though SFTP only says Failure', async (t) => {
  const df = (free: number) => ({
    stdout: `Filesystem 1K-blocks Used Available Use% Mounted on\ntmpfs 64 60 ${free} 94% /x\n`,
  });
  const upload = async () => {
    throw new Error('Failure');
  };
  const files = [{ name: 'a', bytes: new Uint8Array(8192) }];
  const full = scripted({ df: df(4) }, { upload });
  await failsWith(t, full.device.put(files), 'E_DISK_FULL', /4 KiB free, 8 needed/);
  t.match(full.commands.at(-1), /^rm -f \/x\/[0-9a-f]+-a\.[0-9a-f]{8}\.part$/, 'the rest is removed');
  await failsWith(t, scripted({ df: df(9000) }, { upload }).device.put(files), 'E_UNREACHABLE', /Failure/);
});

t.test('each verb reports what the device said', async (t) => {
  const refused = { exitCode: 1, stderr: 'x: Permission denied\n' };
  await failsWith(
    t,
    scripted({ mkdir: refused }).device.put([]),
    'E_DEVICE_PERM',
    /making \/x failed: x: Permission denied/,
  );
  await failsWith(t, scripted({ rm: refused }).device.remove(['/x/a']), 'E_DEVICE_PERM', /removing \/x\/a/);
  const download = async () => {
    throw new Error('No such file');
  };
  await failsWith(t, scripted({}, { download }).device.get('/x/a'), 'E_RUN', /cannot read \/x\/a/);
  const busy = scripted({ sha256sum: { exitCode: 127, stderr: 'sha256sum: not found' } });
  await failsWith(t, busy.device.put([{ name: 'a', bytes: new Uint8Array(1) }]), 'E_TOOL_MISSING', /sha256sum/);
});
