import { readFileSync } from 'node:fs';
import { cpus, machine } from 'node:os';
import type { Target } from '../targets/target.js';
import type { Device, DeviceInfo } from './device.js';
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
      ...clockState(),
    },
  });
}

/** How the clocks are set, where the kernel tells; virtual machines do not. */
function clockState(): Pick<DeviceInfo, 'governor' | 'frequencyHz' | 'temperatureCelsius'> {
  const cpu0 = '/sys/devices/system/cpu/cpu0/cpufreq';
  const governor = readText(`${cpu0}/scaling_governor`);
  const kilohertz = Number.parseInt(readText(`${cpu0}/scaling_cur_freq`), 10);
  const millidegrees = Number.parseInt(readText('/sys/class/thermal/thermal_zone0/temp'), 10);
  return {
    ...(governor ? { governor } : {}),
    ...(kilohertz > 0 ? { frequencyHz: kilohertz * 1000 } : {}),
    ...(Number.isNaN(millidegrees) ? {} : { temperatureCelsius: millidegrees / 1000 }),
  };
}

/** '' for a file that is not there. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function cpuFeatures(): string[] {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readText('/proc/cpuinfo'));
  return line?.[1]?.split(/\s+/) ?? [];
}
