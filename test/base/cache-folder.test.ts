import { resolve } from 'node:path';
import t from 'tap';
import { cacheFolder } from '../../src/base/cache-folder.js';
import { restoring } from '../support/environment.js';

t.test('EDGE_DEPLOY_CACHE wins over the platform’s folder', (t) => {
  t.teardown(restoring('EDGE_DEPLOY_CACHE'));
  process.env.EDGE_DEPLOY_CACHE = 'some/where';
  t.equal(cacheFolder(), resolve('some/where'), 'and is absolute');
  process.env.EDGE_DEPLOY_CACHE = '';
  t.match(cacheFolder(), /edge-deploy/, 'an empty one does not');
  t.end();
});
