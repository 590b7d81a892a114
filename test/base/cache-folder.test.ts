import { resolve } from 'node:path';
import t from 'tap';
import { cacheFolder } from '../../src/base/cache-folder.js';

t.test('EDGE_DEPLOY_CACHE wins over the platform’s folder', (t) => {
  const before = process.env.EDGE_DEPLOY_CACHE;
  t.teardown(() => {
    if (before === undefined) delete process.env.EDGE_DEPLOY_CACHE;
    else process.env.EDGE_DEPLOY_CACHE = before;
  });
  process.env.EDGE_DEPLOY_CACHE = 'some/where';
  t.equal(cacheFolder(), resolve('some/where'), 'and is absolute');
  process.env.EDGE_DEPLOY_CACHE = '';
  t.match(cacheFolder(), /edge-deploy/, 'an empty one does not');
  t.end();
});
