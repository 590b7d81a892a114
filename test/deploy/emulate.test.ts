import t from 'tap';
import { openEmulated } from '../../deploy/emulate.js';
import { buildCounter } from '../../src/deployment/counter.js';
import { deviceConformance, probeFor } from '../support/conformance/index.js';
import { failsWith } from '../support/devices.js';
import { restoring } from '../support/environment.js';

const cpus = { armv7: 'cortex-a7', armv8: 'cortex-a53' } as const;

for (const arch of ['armv7', 'armv8'] as const) {
  await t.test(arch, (t) =>
    deviceConformance(t, {
      arch,
      open: (dir) => openEmulated({ type: 'qemu', name: arch, arch, cpu: cpus[arch], dir }),
      // The emulator reads the program as it reads any file.
      obeysNoexec: false,
    }),
  );
}

t.test('facts are those of the emulated CPU', async (t) => {
  const device = await openEmulated({ type: 'qemu', name: 'q', arch: 'armv7', cpu: 'cortex-a7' });
  t.match(await device.info(), {
    transport: 'qemu',
    architecture: 'arm',
    machine: 'armv7l',
    cpu: 'cortex-a7 (emulated)',
  });
});

t.test('a program for the other architecture', async (t) => {
  const device = await openEmulated({ type: 'qemu', name: 'q', arch: 'armv8', cpu: 'cortex-a53', dir: t.testdir() });
  const { paths } = await device.put([await probeFor('armv7')]);
  await failsWith(t, device.run(paths.get('probe')!, []), 'E_WRONG_ARCH', /armv8/);
});

t.test('a CPU the emulator does not know, and an emulator that is not there', async (t) => {
  await failsWith(
    t,
    openEmulated({ type: 'qemu', name: 'q', arch: 'armv8', cpu: 'cortex-z9' }),
    'E_CONFIG',
    /cortex-z9/,
  );
  await failsWith(t, openEmulated({ type: 'qemu', name: 'q', arch: 'armv8', cpu: '' }), 'E_CONFIG');
  t.teardown(restoring('PATH'));
  process.env.PATH = t.testdir();
  const missing = openEmulated({ type: 'qemu', name: 'q', arch: 'armv8', cpu: 'cortex-a53' });
  t.match((await failsWith(t, missing, 'E_TOOL_MISSING', /qemu-aarch64/)).hint, /apt-get install qemu-user/);
});

t.test('the counter counts instructions between marks, the same ones every time', async (t) => {
  const counter = await buildCounter();
  const device = await openEmulated({ type: 'qemu', name: 'q', arch: 'armv8', cpu: 'cortex-a53', dir: t.testdir() });
  const program = (await device.put([await probeFor('armv8')])).paths.get('probe')!;
  const counts = [];
  for (let i = 0; i < 2; i++) counts.push((await device.run(program, ['mark', '1000'], { counter })).instructions);
  t.equal(counts[0], counts[1]);
  t.ok(counts[0]! >= 2000 && counts[0]! < 50_000, `${counts[0]} instructions`);
  const more = (await device.run(program, ['mark', '11000'], { counter })).instructions!;
  t.equal((more - counts[0]!) % 10_000, 0, 'a round of the loop costs the same');
  t.equal((await device.run(program, ['mark', '1000'])).instructions, undefined, 'not counted unless asked');
});
