import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import type { Device, RunOptions, RunResult } from './device.js';
import { runProcess } from './process.js';
import { openShellDevice, type Shell } from './shell.js';

/** An Android device through the user's own adb. Every call names the serial number. */
export async function openAdb(target: Target & { type: 'adb' }): Promise<Device> {
  const serial = await findSerial(target);
  return openShellDevice(new AdbShell(target.name, serial), {
    name: target.name,
    transport: 'adb',
    built: target.arch,
    folder: target.dir ?? '/data/local/tmp/edge-deploy',
  });
}

async function adb(name: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  try {
    return await runProcess(name, 'adb', args, options);
  } catch (error) {
    if (!(error instanceof EdgeDeployError) || error.code !== 'E_TOOL_MISSING') throw error;
    throw new EdgeDeployError('E_TOOL_MISSING', `${name} needs adb, which is not installed`, {
      hint: 'Install it: apt-get install adb',
    });
  }
}

/** The device's serial number, once it is there and lets us in. */
async function findSerial(target: Target & { type: 'adb' }): Promise<string> {
  const wanted = target.serial ?? process.env.ANDROID_SERIAL;
  if (wanted?.includes(':')) await adb(target.name, ['connect', wanted]);
  const { stdout, stderr, exitCode } = await adb(target.name, ['devices']);
  if (exitCode !== 0)
    throw new EdgeDeployError('E_ADB_NO_DEVICE', `${target.name}: adb does not answer: ${stderr.trim()}`, {
      hint: 'Run: adb kill-server',
    });
  const devices = [...stdout.matchAll(/^(\S+)\t(.+)$/gm)].map((line) => ({ serial: line[1]!, state: line[2]!.trim() }));
  const found = wanted ? devices.filter((device) => device.serial === wanted) : devices;
  if (found.length > 1) {
    throw new EdgeDeployError(
      'E_TARGET_AMBIGUOUS',
      `${target.name}: several devices are connected: ${found.map(({ serial }) => serial).join(', ')}`,
      {
        hint: 'Name one with serial: in the target, or adb://SERIAL.',
      },
    );
  }
  const device = found[0];
  if (!device) {
    const others = devices.length > 0 ? `; adb sees ${devices.map(({ serial }) => serial).join(', ')}` : '';
    throw new EdgeDeployError(
      'E_ADB_NO_DEVICE',
      `${target.name}: ${wanted ? `the device ${wanted} is not connected` : 'no device is connected'}${others}`,
      {
        hint: 'Plug it in, switch USB debugging on, and try: adb devices',
      },
    );
  }
  checkState(target.name, device);
  return device.serial;
}

function checkState(name: string, { serial, state }: { serial: string; state: string }): void {
  if (state === 'device') return;
  if (state === 'unauthorized' || state === 'authorizing') {
    throw new EdgeDeployError('E_ADB_UNAUTHORIZED', `${name}: ${serial} has not allowed this computer yet`, {
      hint: 'Accept the dialog on the device’s screen.',
    });
  }
  if (state.startsWith('no permissions')) {
    throw new EdgeDeployError('E_ADB_PERMISSIONS', `${name}: no permission to use ${serial}: ${state}`, {
      hint: 'Add a udev rule for the device, or the user to plugdev.',
    });
  }
  throw new EdgeDeployError('E_ADB_OFFLINE', `${name}: ${serial} is ${state}`, {
    hint: 'Plug it in again, or run: adb reconnect',
  });
}

class AdbShell implements Shell {
  readonly #name: string;
  readonly #serial: string;

  constructor(name: string, serial: string) {
    this.#name = name;
    this.#serial = serial;
  }

  async exec(command: string, options: RunOptions = {}): Promise<RunResult> {
    const result = await this.#adb(['shell', '-n', '-T', command], options);
    this.#checkConnection(result);
    return result;
  }

  /** adb sends files, not bytes: the bytes go through a temporary file here. */
  async upload(path: string, bytes: Uint8Array, onBytes: (sent: number) => void): Promise<void> {
    await this.#withFile(async (file) => {
      await writeFile(file, bytes);
      const result = await this.#adb(['push', file, path]);
      this.#checkConnection(result);
      if (result.exitCode !== 0) throw new Error(`${result.stdout}\n${result.stderr}`.trim());
    });
    onBytes(bytes.length);
  }

  download(path: string): Promise<Uint8Array> {
    return this.#withFile(async (file) => {
      const result = await this.#adb(['pull', path, file]);
      this.#checkConnection(result);
      if (result.exitCode !== 0)
        throw new EdgeDeployError(
          'E_RUN',
          `${this.#name}: cannot read ${path}: ${result.stderr.trim() || result.stdout.trim()}`,
        );
      return readFile(file);
    });
  }

  async close(): Promise<void> {}

  #adb(args: readonly string[], options?: RunOptions): Promise<RunResult> {
    return adb(this.#name, ['-s', this.#serial, ...args], options);
  }

  async #withFile<T>(use: (file: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-'));
    try {
      return await use(join(folder, 'file'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** adb reports a lost device in words, with the exit code of any failure. */
  #checkConnection({ exitCode, stdout, stderr }: RunResult): void {
    if (exitCode === 0) return;
    const text = `${stderr}\n${stdout}`;
    if (
      !/device (offline|'.*' not found|not found)|no devices|connection (reset|closed)|closed$|failed to (read|copy).*(EOF|closed|reset)|protocol fault/im.test(
        text,
      )
    )
      return;
    throw new EdgeDeployError(
      'E_ADB_OFFLINE',
      `${this.#name}: the connection to ${this.#serial} was cut: ${stderr.trim().split('\n').at(-1)}`,
      {
        hint: 'Plug it in again and repeat: what is complete on the device is kept.',
      },
    );
  }
}
