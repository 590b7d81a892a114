/** Devices behind five verbs: this machine, an emulated CPU, a board over SSH, a phone over adb. */
import type { Target } from '../targets/target.js';
import { openAdb } from './adb.js';
import type { Device, OpenOptions } from './device.js';
import { openEmulated } from './emulate.js';
import { openHost } from './host.js';
import { openSsh } from './ssh.js';

export type {
  Device,
  DeviceInfo,
  FileToPut,
  OpenOptions,
  PutResult,
  RunOptions,
  RunResult,
  TransferOptions,
} from './device.js';
export { type UnknownHostKey, unknownHostKey, writeHostKey } from './known-hosts.js';

/** Connects to a target. Throws EdgeDeployError: unreachable, refused, unknown host key, missing tool … */
export async function openDevice(target: Target, options: OpenOptions = {}): Promise<Device> {
  switch (target.type) {
    case 'host':
      return openHost(target);
    case 'qemu':
      return openEmulated(target);
    case 'ssh':
      return openSsh(target, options);
    case 'adb':
      return openAdb(target, options);
  }
}
