import t from 'tap';
import { openHost } from '../../deploy/host.js';
import { deviceConformance } from '../support/device-conformance.js';

await deviceConformance(t, {
  arch: 'host',
  open: async (dir) => openHost({ type: 'host', name: 'here', arch: 'host', dir }),
  obeysNoexec: true,
});
