import t from 'tap';
import { sha256 } from '../../deploy/hash.js';
import { type FileStore, putFiles, type UploadOptions } from '../../deploy/put.js';
import { EdgeDeployError } from '../../src/base/errors.js';
import { failsWith } from '../support/devices.js';

/** A device's file system in memory, which writes down what is asked of it. */
class Memory implements FileStore {
  readonly folder = '/store';
  readonly files = new Map<string, Uint8Array>();
  readonly asked: string[] = [];
  damage: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes;

  join(name: string): string {
    return `/store/${name}`;
  }

  async prepare(): Promise<void> {
    this.asked.push('prepare');
  }

  async hashes(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.asked.push(`hash ${paths.length}`);
    return new Map(paths.filter((path) => this.files.has(path)).map((path) => [path, sha256(this.files.get(path)!)]));
  }

  async upload(path: string, bytes: Uint8Array, { onBytes }: UploadOptions): Promise<void> {
    // A part has a name of its own in every push.
    this.asked.push(`upload ${path.replace(/^.*-/, '').replace(/\.[0-9a-f]{8}\.part$/, '.part')}`);
    this.files.set(path, this.damage(bytes));
    onBytes(bytes.length);
  }

  async settle(from: string, to: string, executable: boolean): Promise<void> {
    this.asked.push(`settle${executable ? ' executable' : ''} ${to.replace(/^.*-/, '')}`);
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
  }
}

const file = (name: string, text: string, executable = false) => ({ name, bytes: Buffer.from(text), executable });

t.test('one question for all files, then upload, check and name for each that is missing', async (t) => {
  const store = new Memory();
  const [a, b] = [file('a', 'aa', true), file('b', 'bbb')];
  const result = await putFiles(store, [a, b]);
  t.same(store.asked, [
    'prepare',
    'hash 2',
    'upload a.part',
    'hash 1',
    'settle executable a',
    'upload b.part',
    'hash 1',
    'settle b',
  ]);
  t.match(result, {
    bytesSent: 5,
    bytesPresent: 0,
    sent: [
      { name: 'a', bytes: 2 },
      { name: 'b', bytes: 3 },
    ],
  });
  store.asked.length = 0;
  t.match(await putFiles(store, [b, a]), { bytesSent: 0, bytesPresent: 5, sent: [] });
  t.same(store.asked, ['prepare', 'hash 2']);
});

t.test('what arrives damaged never gets its name', async (t) => {
  const store = new Memory();
  store.damage = (bytes) => bytes.subarray(1);
  await failsWith(t, putFiles(store, [file('a', 'aa')]), 'E_RUN', /a arrived damaged/);
  store.damage = (bytes) => Buffer.from(bytes).fill(0);
  await failsWith(t, putFiles(store, [file('a', 'aa')]), 'E_RUN', /SHA-256/);
  t.same(
    [...store.files.keys()].filter((name) => !name.endsWith('.part')),
    [],
  );
});

t.test('a file whose name stands there with other content is replaced', async (t) => {
  const store = new Memory();
  const path = (await putFiles(store, [file('a', 'aa')])).paths.get('a')!;
  store.files.set(path, Buffer.from('a'));
  t.equal((await putFiles(store, [file('a', 'aa')])).bytesSent, 2);
  t.equal(Buffer.from(store.files.get(path)!).toString(), 'aa');
});

t.test('equal content under two names is two files; paths are by name', async (t) => {
  const store = new Memory();
  const { paths } = await putFiles(store, [file('a', 'same'), file('b', 'same')]);
  t.equal(paths.size, 2);
  t.not(paths.get('a'), paths.get('b'));
});

t.test('an abort stops between files and inside one', async (t) => {
  const store = new Memory();
  const abort = new AbortController();
  const files = [file('a', 'aa'), file('b', 'bb')];
  const onProgress = ({ current }: { current?: number }) => {
    if (current === 2) abort.abort();
  };
  await t.rejects(putFiles(store, files, { onProgress, signal: abort.signal }), { code: 'E_INTERRUPTED' });
  t.same(
    store.asked.filter((one) => one.startsWith('upload')),
    ['upload a.part'],
    'b was not begun',
  );
});

t.test('a failure of the store comes through', async (t) => {
  const store = new Memory();
  store.settle = async () => {
    throw new EdgeDeployError('E_DISK_FULL', 'full', { hint: 'Free some.' });
  };
  await failsWith(t, putFiles(store, [file('a', 'aa')]), 'E_DISK_FULL');
});
