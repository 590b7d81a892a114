import { execa } from 'execa';
import { buildRunner } from '../../../toolchains/index.js';
import { cacheFolder } from '../../base/cache-folder.js';
import { defineCommand } from '../command.js';
import { withDevice } from '../device.js';
import { describeError } from '../errors.js';
import { chosenTargets, configuration, targetFlag } from '../options.js';

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Looks whether everything a target needs is there, and says how to get what is not. */
export const doctor = defineCommand({
  name: 'doctor',
  summary: 'check the tools on this machine, or the way to a target',
  configure: (command) => void targetFlag(command),

  async run(context, _args, options) {
    const findings: Finding[] = [
      { what: 'node', ok: true, detail: process.version },
      { what: 'cache', ok: true, detail: cacheFolder() },
    ];
    const attempt = async (what: string, work: () => Promise<string>) => {
      try {
        findings.push({ what, ok: true, detail: await work() });
      } catch (error) {
        findings.push({ what, ok: false, detail: describeError(error, false) });
      }
    };
    if (options.target === undefined) {
      for (const [tool, install] of [
        ['qemu-arm', 'qemu-user'],
        ['qemu-aarch64', 'qemu-user'],
        ['ssh', 'openssh-client'],
        ['adb', 'adb'],
      ] as const) {
        const { stdout, stderr, failed, code } = await execa(tool, [tool === 'ssh' ? '-V' : '--version'], {
          reject: false,
        });
        const found = code !== 'ENOENT' && !failed;
        const version = (stdout || stderr || '').split('\n')[0] ?? '';
        findings.push({ what: tool, ok: found, detail: found ? version : `not installed: apt-get install ${install}` });
      }
      if (!context.dryRun)
        await attempt(
          'compiler',
          async () => (await buildRunner({ arch: 'host', onProgress: context.onProgress })).path,
        );
    } else {
      const targets = chosenTargets(configuration(), options.target);
      for (const target of context.dryRun ? [] : targets) {
        await attempt(
          `${target.name}: runner for ${target.arch}`,
          async () => (await buildRunner({ arch: target.arch, onProgress: context.onProgress })).path,
        );
        await attempt(`${target.name}: device`, () =>
          withDevice(context, target, async (device) => {
            // Nothing to send: only the folder is made and looked at.
            await device.put([]);
            const info = await device.info();
            return `${info.machine}, ${info.cpu}, ${info.cores} cores, ${info.folder}`;
          }),
        );
      }
    }
    context.result({ findings });
    for (const { what, ok, detail } of findings) context.print(`${ok ? 'ok  ' : 'FAIL'}  ${what}: ${detail}`);
    return findings.every(({ ok }) => ok) ? 0 : 4;
  },
});
