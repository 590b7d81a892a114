import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openDevice } from '../../deploy/index.js';
import { blob, failsWith, script } from '../support/devices.js';

/** What the host and emulated devices have in common. */
const dir = await mkdtemp(join(tmpdir(), 'edge-deploy-local-'));
t.teardown(() => rm(dir, { recursive: true, force: true }));
const device = await openDevice({ name: 'here', type: 'host', arch: 'host', dir });

t.test('a push that was interrupted leaves no part', async (t) => {
  const abort = new AbortController();
  const onProgress = ({ current = 0 }: { current?: number }) => {
    if (current > 0) abort.abort();
  };
  const putting = device.put([blob('x', 3_000_000)], { onProgress, signal: abort.signal });
  await t.rejects(putting, { code: 'E_INTERRUPTED' });
  t.same(await readdir(dir), []);
});

t.test('parts of old pushes are removed, those of others are left alone', async (t) => {
  for (const name of ['old.part', 'recent.part']) await writeFile(join(dir, name), 'x');
  await utimes(join(dir, 'old.part'), new Date(), new Date(Date.now() - 2 * 3_600_000));
  await device.put([]);
  t.same(await readdir(dir), ['recent.part']);
});

t.test('what cannot be read or removed', async (t) => {
  await failsWith(t, device.get(join(dir, 'absent')), 'E_RUN', /cannot read/);
  await failsWith(t, device.remove(['/proc/version']), 'E_DEVICE_PERM', /removing/);
  await device.remove([join(dir, 'absent')]);
});

t.test('a run ends when it is silent or interrupted, whatever it has started', async (t) => {
  const { paths } = await device.put([script('slow', 'sleep 30')]);
  const started = performance.now();
  await failsWith(t, device.run(paths.get('slow')!, [], { silenceMs: 300 }), 'E_TIMEOUT', /said nothing/);
  const signal = AbortSignal.timeout(300);
  await t.rejects(device.run(paths.get('slow')!, [], { signal }), { code: 'E_INTERRUPTED' });
  t.ok(performance.now() - started < 15_000);
});
