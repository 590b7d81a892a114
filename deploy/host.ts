import { readFileSync } from 'node:fs';
import { cpus, machine } from 'node:os';
import type { Target } from '../targets/target.js';
import type { Device } from './device.js';
import { hostArchitecture, openLocal } from './local.js';

/** This machine as a device. */
export function openHost(target: Target & { type: 'host' }): Device {
  return openLocal({
    name: target.name,
    ...(target.dir === undefined ? {} : { dir: target.dir }),
    built: target.arch,
    launcher: () => [],
    info: {
      transport: 'host',
      machine: machine(),
      architecture: hostArchitecture(),
      cpu: cpus()[0]?.model ?? 'unknown',
      features: cpuFeatures(),
    },
  });
}

function cpuFeatures(): string[] {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return line?.[1]?.split(/\s+/) ?? [];
  } catch {
    return [];
  }
}
