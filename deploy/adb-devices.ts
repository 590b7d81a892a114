import { setTimeout as sleep } from 'node:timers/promises';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import type { OpenOptions, RunOptions, RunResult } from './device.js';
import { SILENCE_MS } from './failures.js';
import { runProcess } from './process.js';

/** What adb's server on this machine needs at least: it starts at the first call, and gives a connection ten seconds. */
const SERVER_MS = 5000;
const CONNECT_MS = 15_000;

/** Runs the user's adb. Throws E_TOOL_MISSING where there is none, E_TIMEOUT after `silenceMs`. */
export async function runAdb(name: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  try {
    return await runProcess(name, 'adb', args, options);
  } catch (error) {
    if (!(error instanceof EdgeDeployError) || error.code !== 'E_TOOL_MISSING') throw error;
    throw new EdgeDeployError('E_TOOL_MISSING', `${name} needs adb, which is not installed`, {
      hint: 'Install it: apt-get install adb',
    });
  }
}

/** adb's own complaint: its line of that form, or the last line it printed. */
export function adbWords({ stdout, stderr }: RunResult): string {
  const lines = `${stdout}\n${stderr}`.trim().split('\n');
  const complaint = lines.findLast((line) => /^(adb: )?error: /.test(line)) ?? lines.at(-1) ?? '';
  return complaint.replace(/^(adb: )?error: /, '').trim();
}

interface Listed {
  readonly serial: string;
  readonly state: string;
}

/** The device's serial number, once it is there and lets us in. */
export async function findSerial(target: Target & { type: 'adb' }, options: OpenOptions): Promise<string> {
  const { name } = target;
  const wanted = target.serial ?? (process.env.ANDROID_SERIAL || undefined);
  const reason = wanted?.includes(':') ? await connectTo(name, wanted, options) : '';
  const devices = await listDevices(name, options);
  const found = wanted ? devices.filter(({ serial }) => serial === wanted) : devices;
  if (found.length > 1) {
    throw new EdgeDeployError(
      'E_TARGET_AMBIGUOUS',
      `${name}: several devices are connected: ${found.map(({ serial }) => serial).join(', ')}`,
      { hint: 'Name one with serial: in the target, or adb://SERIAL.' },
    );
  }
  const [device] = found;
  if (!device) {
    // Something took the connection and did not greet: adb lists it as offline or, a moment later, not at all.
    if (wanted && reason === `failed to connect to ${wanted}`) checkState(name, { serial: wanted, state: 'offline' });
    const others = devices.length > 0 ? `; adb sees ${devices.map(({ serial }) => serial).join(', ')}` : '';
    throw new EdgeDeployError(
      'E_ADB_NO_DEVICE',
      `${name}: ${wanted ? `the device ${wanted} is not connected` : 'no device is connected'}${reason && `: ${reason}`}${others}`,
      { hint: 'Plug it in, switch USB debugging on, and try: adb devices' },
    );
  }
  checkState(name, device);
  return device.serial;
}

/**
 * Connects to a device in the network; what adb says when it cannot. One that adb lost stays in its list as offline and
 * counts as connected: it must be forgotten first, which takes adb a moment.
 */
async function connectTo(name: string, address: string, options: OpenOptions): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const result = await askServer(name, ['connect', address], options, CONNECT_MS);
    if (!result.stdout.startsWith('already connected')) {
      return result.stdout.startsWith('connected') ? '' : adbWords(result);
    }
    const state = (await listDevices(name, options)).find(({ serial }) => serial === address)?.state;
    if (state !== 'offline' || attempt === 4) return '';
    await askServer(name, ['disconnect', address], options);
    await sleep(50 * 2 ** attempt);
  }
}

async function listDevices(name: string, options: OpenOptions): Promise<Listed[]> {
  const result = await askServer(name, ['devices'], options);
  if (result.exitCode !== 0) throw noAnswer(name, adbWords(result));
  return [...result.stdout.matchAll(/^(\S+)\t(.+)$/gm)].map((line) => ({ serial: line[1]!, state: line[2]!.trim() }));
}

/** A request that adb's server on this machine answers, not a device. */
async function askServer(
  name: string,
  args: readonly string[],
  options: OpenOptions,
  leastMs = SERVER_MS,
): Promise<RunResult> {
  const silenceMs = Math.max(leastMs, options.silenceMs ?? SILENCE_MS);
  try {
    return await runAdb(name, args, { silenceMs, ...(options.signal ? { signal: options.signal } : {}) });
  } catch (error) {
    if (!(error instanceof EdgeDeployError) || error.code !== 'E_TIMEOUT') throw error;
    throw noAnswer(name, `nothing in ${Math.round(silenceMs / 1000)} s after \`adb ${args[0]}\``);
  }
}

function noAnswer(name: string, words: string): EdgeDeployError {
  return new EdgeDeployError('E_ADB_NO_DEVICE', `${name}: adb does not answer: ${words}`, {
    hint: 'Run: adb kill-server',
  });
}

function checkState(name: string, { serial, state }: Listed): void {
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
