import t from 'tap';
import { EdgeDeployError } from '../../src/base/errors.js';
import { loadTargets, resolveTargets } from '../../targets/load.js';
import { targetSchema } from '../../targets/target.js';

const own = {
  pi: targetSchema.parse({ type: 'ssh', host: '10.0.0.7', tags: ['lab'] }),
  phone: targetSchema.parse({ type: 'adb', tags: ['lab', 'phone'] }),
};
const all = loadTargets({ targets: own });
const names = (spec: string, ours: readonly string[] = Object.keys(own)) =>
  resolveTargets(spec, all, ours).map(({ name }) => name);

t.test('our boards are usable as they are', (t) => {
  const ours = loadTargets();
  t.strictSame(
    [...ours.keys()],
    [
      'android-arm64',
      'android-armv7',
      'generic-armv7',
      'generic-armv8',
      'host',
      'qemu-armv7',
      'qemu-armv8',
      'rpi2',
      'rpi3',
      'rpi4',
      'rpi5',
    ],
  );
  for (const [name, target] of ours) t.equal(target.name, name);
  t.match(ours.get('rpi2'), { arch: 'armv7', type: 'ssh' });
  t.match(ours.get('host'), { arch: 'host' });
  t.end();
});

t.test('a user’s board with the name of ours refines it', (t) => {
  const refined = loadTargets({
    targets: {
      rpi2: targetSchema.parse({ type: 'ssh', host: '10.0.0.2' }),
      rpi5: targetSchema.parse({ type: 'ssh', host: '10.0.0.5', path: 'neon' }),
      host: targetSchema.parse({ type: 'host', dir: '/tmp/x' }),
      rpi4: targetSchema.parse({ type: 'adb', serial: 'x' }),
    },
  });
  t.match(
    refined.get('rpi2'),
    { host: '10.0.0.2', arch: 'armv7', path: 'neon', l2: 524288 },
    'arch is ours unless given',
  );
  t.match(refined.get('rpi5'), { path: 'neon', arch: 'armv8' });
  t.match(refined.get('host'), { dir: '/tmp/x', arch: 'host', l2: 1048576 });
  t.strictSame(
    refined.get('rpi4'),
    { type: 'adb', serial: 'x', arch: 'armv8', name: 'rpi4' },
    'another type replaces it',
  );
  t.end();
});

t.test('names, lists, globs, tags, all', (t) => {
  t.same(names('rpi4'), ['rpi4']);
  t.same(names('rpi4, host ,rpi4'), ['rpi4', 'host'], 'each once, in the order named');
  t.same(names('rpi?'), ['rpi2', 'rpi3', 'rpi4', 'rpi5']);
  t.same(names('qemu-*'), ['qemu-armv7', 'qemu-armv8']);
  t.same(names('tag:lab'), ['pi', 'phone']);
  t.same(names('tag:phone,host'), ['phone', 'host']);
  t.same(names('all'), ['pi', 'phone'], 'all: the user’s own');
  t.same(names('all', []), ['host'], 'or the host where there are none');
  t.end();
});

t.test('ad hoc targets', (t) => {
  const one = (word: string) => resolveTargets(word, all)[0];
  t.strictSame(one('ssh://pi@10.0.0.7:2222'), {
    type: 'ssh',
    host: '10.0.0.7',
    user: 'pi',
    port: 2222,
    arch: 'armv8',
    name: 'ssh://pi@10.0.0.7:2222',
  });
  t.match(one('ssh://board/'), { host: 'board' });
  t.match(one('ssh://pi@[fe80::1]:22'), { host: 'fe80::1', user: 'pi', port: 22 });
  t.match(one('adb://R58M42ABC'), { type: 'adb', serial: 'R58M42ABC' });
  t.match(one('adb://10.0.0.9:5555'), { serial: '10.0.0.9:5555' });
  t.match(one('qemu:cortex-a53'), { type: 'qemu', cpu: 'cortex-a53', arch: 'armv8' });
  t.match(one('qemu:cortex-a7'), { arch: 'armv7' });
  t.match(one('qemu:cortex-a72'), { arch: 'armv8' }, 'not cortex-a7');
  t.same(
    resolveTargets('qemu:max,sve=off,host', all).map(({ name }) => name),
    ['qemu:max,sve=off', 'host'],
    'a comma inside a CPU’s options does not separate',
  );
  t.end();
});

t.test('what is no target is refused, with the nearest name', (t) => {
  const refused = (spec: string, message: RegExp, hint: RegExp) => {
    try {
      t.fail(`${spec} is ${names(spec)}`);
    } catch (error) {
      t.ok(error instanceof EdgeDeployError && error.code === 'E_TARGET_UNKNOWN', spec, { found: error });
      t.match((error as EdgeDeployError).message, message, spec);
      t.match((error as EdgeDeployError).hint, hint, spec);
    }
  };
  refused('rpi44', /no target 'rpi44'/, /Did you mean 'rpi4'/);
  refused('jetson-nano', /no target 'jetson-nano'/, /^See: edge-deploy targets/);
  refused('host,hots', /no target 'hots'/, /'host'/);
  refused('tag:none', /no target 'tag:none'/, /targets/);
  refused('x*', /no target 'x\*'/, /targets/);
  refused('', /no target was named/, /-t NAME/);
  refused(' , ', /no target was named/, /-t NAME/);
  refused('ssh://pi@host:0', /no usable target.*port/, /ssh:\/\/user@host:port/);
  refused('ssh://pi@host:99999', /no usable target.*port/, /ssh:\/\/user@host:port/);
  refused('ssh://pi@host/folder', /no target/, /targets/);
  refused('ssh://', /no target/, /targets/);
  refused('rpi.', /no target 'rpi\.'/, /'rpi2'/);
  t.end();
});
