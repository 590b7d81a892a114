import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Device, FileToPut } from '../../../deploy/index.js';
import { packageRoot } from '../../../src/base/package-root.js';
import { type Arch, buildProgram } from '../../../toolchains/index.js';

/** A kind of device whose folder is one of this machine, so that a test can look into it and damage it. */
export interface Subject {
  /** What its programs are built for. */
  readonly arch: Arch;
  open(folder: string): Promise<Device>;
  /** False where the device's kernel does not start the program itself, so that noexec does not stop it. */
  readonly obeysNoexec: boolean;
}

/** `test/deploy/probe.c`, built for the subject. */
export async function probeFor(arch: Arch): Promise<FileToPut> {
  const sources = [join(packageRoot, 'test', 'deploy', 'probe.c')];
  const { bytes } = await buildProgram({ arch, name: 'probe', sources, library: false });
  return { name: 'probe', bytes, executable: true };
}

/** Devices of one kind to try things on. */
export class Workbench {
  #folders = 0;

  private constructor(
    readonly subject: Subject,
    readonly probe: FileToPut,
    /** Holds the devices' folders; gone at the end of the test. */
    readonly root: string,
  ) {}

  static async open(t: Test, subject: Subject): Promise<Workbench> {
    const root = await mkdtemp(join(tmpdir(), 'edge-deploy-device-'));
    t.teardown(() => rm(root, { recursive: true, force: true }));
    return new Workbench(subject, await probeFor(subject.arch), root);
  }

  /** A device with an empty folder, closed at the end of the test. */
  async fresh(t: Test, folder = join(this.root, `device ${++this.#folders}`)) {
    const device = await this.subject.open(folder);
    t.teardown(() => device.close());
    return { device, folder };
  }

  /** The same with the probe on it. */
  async ready(t: Test) {
    const { device, folder } = await this.fresh(t);
    const { paths } = await device.put([this.probe]);
    return { device, folder, program: paths.get('probe')! };
  }
}
