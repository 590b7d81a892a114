import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import type { Device, RunResult } from './device.js';
import { openLocal } from './local.js';
import { runProcess } from './process.js';

/** An ARM CPU emulated by QEMU's user mode: the same programs and files as on a board, no board. */
export async function openEmulated(target: Target & { type: 'qemu' }): Promise<Device> {
  const emulator = target.arch === 'armv7' ? 'qemu-arm' : 'qemu-aarch64';
  await checkEmulator(emulator, target);
  const report = join(tmpdir(), `edge-deploy-instructions-${process.pid}-${randomUUID()}.json`);
  return openLocal({
    name: target.name,
    ...(target.dir === undefined ? {} : { dir: target.dir }),
    built: target.arch,
    launcher: (run) => [
      emulator,
      '-cpu',
      target.cpu,
      ...(run?.counter ? ['-plugin', `${run.counter},region=0,quiet=1,out=${report}`] : []),
    ],
    counted: async () => {
      const counts = JSON.parse(await readFile(report, 'utf8')) as { regions: Record<string, { insns: number }> };
      await rm(report, { force: true });
      return counts.regions['0']!.insns;
    },
    info: {
      transport: 'qemu',
      machine: target.arch === 'armv7' ? 'armv7l' : 'aarch64',
      architecture: target.arch === 'armv7' ? 'arm' : 'aarch64',
      cpu: `${target.cpu} (emulated)`,
      features: [],
    },
  });
}

/** The emulator must be installed and know the CPU model. (`-cpu help` lists the models and ends with exit code 1.) */
async function checkEmulator(emulator: string, target: Target & { type: 'qemu' }): Promise<void> {
  const hint = 'Install it: apt-get install qemu-user';
  let help: RunResult;
  try {
    help = await runProcess(target.name, emulator, ['-cpu', 'help']);
  } catch (error) {
    if (!(error instanceof EdgeDeployError) || error.code !== 'E_TOOL_MISSING') throw error;
    throw new EdgeDeployError('E_TOOL_MISSING', `${target.name} needs ${emulator}, which is not installed`, { hint });
  }
  const models = help.stdout
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (models.includes(target.cpu.split(',')[0]!)) return;
  if (models.length < 3)
    throw new EdgeDeployError('E_TOOL_MISSING', `${emulator} does not work: ${help.stderr.trim()}`, { hint });
  throw new EdgeDeployError('E_CONFIG', `${emulator} knows no CPU '${target.cpu}'`, {
    hint: `See ${emulator} -cpu help.`,
  });
}
