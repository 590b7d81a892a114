import { posix } from 'node:path';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Device, DeviceInfo, RunOptions, RunResult, TransferOptions } from './device.js';
import { checkEnd, storageError, unreadableError } from './failures.js';
import { type FileStore, putFiles, type UploadOptions } from './put.js';

/**
 * What a transport offers a device behind a POSIX shell (Android's included). No call outlives a silent, a lost or an
 * interrupted device: each ends with E_TIMEOUT, E_UNREACHABLE or E_ADB_OFFLINE, or E_INTERRUPTED. A file that the device
 * refuses is a plain Error whose message holds what the device said.
 */
export interface Shell {
  exec(command: string, options?: RunOptions): Promise<RunResult>;
  upload(path: string, bytes: Uint8Array, options: UploadOptions): Promise<void>;
  download(path: string, options?: TransferOptions): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface ShellDeviceOptions {
  readonly name: string;
  readonly transport: DeviceInfo['transport'];
  readonly built: string;
  readonly folder: string;
}

/** The one place where a word becomes safe for a shell. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** An argument array as one command line. */
export function commandLine(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

/** The five verbs on top of a shell. */
export function openShellDevice(shell: Shell, options: ShellDeviceOptions): Device {
  const { name, folder } = options;
  const must = async (action: string, command: string): Promise<string> => {
    const result = await shell.exec(command);
    if (result.exitCode !== 0)
      throw storageError(name, action, result.stderr || result.stdout || `exit code ${result.exitCode}`);
    return result.stdout;
  };
  const store: FileStore = {
    folder,
    join: (file) => posix.join(folder, file),
    prepare: async () =>
      void (await must(
        `making ${folder}`,
        [
          `${commandLine(['mkdir', '-p', folder])} && { test -w ${quote(folder)}`,
          `|| { ${commandLine(['echo', `${folder}: Permission denied`])} >&2; false; }; }`,
          `&& { find ${quote(folder)} -name '*.part' -mmin +60 -exec rm -f {} + 2>/dev/null; true; }`,
        ].join(' '),
      )),
    hashes: async (paths) => {
      if (paths.length === 0) return new Map();
      // Missing files make sha256sum fail; what it printed still counts.
      const { stdout, exitCode } = await shell.exec(`${commandLine(['sha256sum', ...paths])} 2>/dev/null`);
      if (exitCode === 127) {
        throw new EdgeDeployError('E_TOOL_MISSING', `${name} has no sha256sum, which checks what arrives there`, {
          hint: 'Install coreutils or busybox on the device.',
        });
      }
      const lines = [...stdout.matchAll(/^(\\?)([0-9a-f]{64}) [ *]?(.+?)\r?$/gm)];
      // A line that begins with a backslash has those of its name doubled.
      return new Map(lines.map(([, escaped, hash, path]) => [escaped ? path!.replaceAll('\\\\', '\\') : path!, hash!]));
    },
    upload: async (path, bytes, upload) => {
      try {
        await shell.upload(path, bytes, upload);
      } catch (error) {
        if (!isPlainFailure(error)) throw error;
        const { stdout } = await shell.exec(`df -k ${quote(folder)}`).catch(() => ({ stdout: '' }));
        const free = freeKilobytes(stdout);
        const full = free !== undefined && free * 1024 < bytes.length;
        await shell.exec(commandLine(['rm', '-f', path])).catch(() => {});
        throw storageError(
          name,
          `writing ${path}`,
          full ? `No space left on device (${free} KiB free, ${Math.ceil(bytes.length / 1024)} needed)` : error.message,
        );
      }
    },
    settle: async (from, to, executable) => {
      const mode = executable ? `${commandLine(['chmod', '755', from])} && ` : '';
      await must(`renaming ${from}`, `${mode}${commandLine(['mv', '-f', from, to])}`);
    },
  };
  return {
    name,
    info: () => readInfo(shell, options),
    put: (files, transfer) => putFiles(store, files, transfer),
    run: async (program, args, run) => {
      const result = await shell.exec(commandLine([program, ...args]), run);
      checkEnd(name, options.built, result);
      return result;
    },
    get: async (path, transfer) => {
      try {
        return await shell.download(path, transfer);
      } catch (error) {
        throw isPlainFailure(error) ? unreadableError(name, path, error.message) : error;
      }
    },
    remove: async (paths) => {
      if (paths.length > 0) await must(`removing ${paths.join(', ')}`, commandLine(['rm', '-rf', ...paths]));
    },
    close: () => shell.close(),
  };
}

/** A failure the transport reported in words, as against one of our own errors. */
function isPlainFailure(error: unknown): error is Error {
  return error instanceof Error && error.name !== 'EdgeDeployError';
}

/** The available kilobytes in df's output: the number in front of the percentage. */
function freeKilobytes(text: string): number | undefined {
  const found = /\s(\d+)\s+\d+%/.exec(text);
  return found ? Number(found[1]) : undefined;
}

const ARCHITECTURES: Readonly<Record<string, DeviceInfo['architecture']>> = {
  aarch64: 'aarch64',
  arm64: 'aarch64',
  armv7l: 'arm',
  armv8l: 'arm',
  armv6l: 'arm',
  x86_64: 'x86_64',
};

/** Everything `info` wants, in one round trip. */
async function readInfo(shell: Shell, options: ShellDeviceOptions): Promise<DeviceInfo> {
  const cpu0 = '/sys/devices/system/cpu/cpu0/cpufreq';
  const sections = [
    'uname -m',
    'uname -r',
    'grep -c ^processor /proc/cpuinfo',
    "grep -m1 -E '^(Features|flags)' /proc/cpuinfo",
    "grep -m1 -E '^(model name|Hardware|CPU part)' /proc/cpuinfo",
    'grep MemTotal /proc/meminfo',
    `cat ${cpu0}/scaling_governor`,
    `cat ${cpu0}/scaling_cur_freq`,
    'cat /sys/class/thermal/thermal_zone0/temp',
    // Of the folder, or of the nearest above it that is there yet.
    `d=${quote(options.folder)}; while [ ! -e "$d" ]; do d=$(dirname "$d"); done; df -k "$d"`,
  ];
  const { stdout } = await shell.exec(sections.map((command) => `{ ${command}; } 2>/dev/null; echo @@`).join('; '));
  const answers = stdout.split('@@').map((answer) => answer.trim());
  const after = (text: string | undefined) => text?.split(':').slice(1).join(':').trim() ?? '';
  const number = (text: string | undefined) =>
    text && /\d/.test(text) ? Number.parseInt(text.replace(/^\D*/, ''), 10) : undefined;
  const machine = answers[0] ?? '';
  const [memory, frequency, temperature, free] = [
    number(answers[5]),
    number(answers[7]),
    number(answers[8]),
    freeKilobytes(answers[9] ?? ''),
  ];
  return {
    transport: options.transport,
    machine,
    architecture: ARCHITECTURES[machine] ?? 'unknown',
    cpu: after(answers[4]) || machine,
    features: after(answers[3]).split(/\s+/).filter(Boolean),
    cores: number(answers[2]) ?? 1,
    kernel: answers[1] ?? '',
    ...(memory === undefined ? {} : { memoryBytes: memory * 1024 }),
    ...(answers[6] ? { governor: answers[6] } : {}),
    ...(frequency === undefined ? {} : { frequencyHz: frequency * 1000 }),
    ...(temperature === undefined ? {} : { temperatureCelsius: temperature / 1000 }),
    ...(free === undefined ? {} : { freeBytes: free * 1024 }),
    folder: options.folder,
  };
}
