import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { PACKAGE_PLATFORMS } from '../../src/package/files.js';
import { readme } from '../../src/package/readme.js';

const names = readdirSync(join(packageRoot, 'kernels/include'));

t.test('headers are where it says, and are not listed one by one', (t) => {
  for (const platform of PACKAGE_PLATFORMS) {
    const slices = ['ios-arm64', 'ios-arm64-simulator'].map((slice) => `EdgeDeploy.xcframework/${slice}/Headers`);
    const folders = platform === 'ios' ? slices : ['include'];
    const headers = folders.flatMap((folder) => names.map((name) => `${folder}/${name}`));
    const files = ['model.edp', ...headers].map((path) => ({ path, data: '' }));
    const model = { name: 'net', precision: 'int8', paths: ['aarch64'], plans: [], arenaBytes: 64 };
    const text = readme({ platform, model, version: '1', files });
    const [, named] = /`(\S+\/edge_deploy\.h)`/.exec(text) ?? [];
    t.ok(headers.includes(named!), `${platform}: ${named}`);
    t.notMatch(text, /\| `\S*edge_deploy\.h` \|/);
  }
  t.end();
});
