import { cpus, machine, release, totalmem } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openHost } from '../../deploy/host.js';
import { deviceConformance } from '../support/conformance/index.js';
import { restoring } from '../support/environment.js';

await deviceConformance(t, {
  arch: 'host',
  open: async (dir) => openHost({ type: 'host', name: 'here', arch: 'host', dir }),
  obeysNoexec: true,
});

t.test('facts are those of this machine', async (t) => {
  const info = await openHost({ type: 'host', name: 'here', arch: 'host', dir: t.testdir() }).info();
  t.match(info, {
    transport: 'host',
    machine: machine(),
    cores: cpus().length,
    kernel: release(),
    memoryBytes: totalmem(),
  });
  t.ok(info.features.length > 0);
});

t.test('without a folder of its own it keeps to the cache', async (t) => {
  t.teardown(restoring('EDGE_DEPLOY_CACHE'));
  process.env.EDGE_DEPLOY_CACHE = t.testdir();
  const { folder } = await openHost({ type: 'host', name: '../odd name', arch: 'host' }).info();
  t.equal(folder, join(process.env.EDGE_DEPLOY_CACHE, 'devices', '.._odd_name'));
});
