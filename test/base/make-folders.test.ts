import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makeFolders, unmakeFolders } from '../../src/base/make-folders.js';

t.test('says which folders it made', async (t) => {
  const root = t.testdir({ there: {} });
  const [a, b] = [join(root, 'there', 'a'), join(root, 'there', 'a', 'b')];
  t.same(await makeFolders(b), [a, b]);
  t.same(await makeFolders(b), []);
  t.same(await makeFolders('/'), []);
});

t.test('their mode; and away again, but for what is in use', async (t) => {
  const root = t.testdir({});
  const made = await makeFolders(join(root, 'a', 'b', 'c'), 0o700);
  for (const folder of made) t.equal(statSync(folder).mode & 0o777, 0o700);
  await writeFile(join(root, 'a', 'kept'), '');
  await unmakeFolders(made);
  t.ok(existsSync(join(root, 'a', 'kept')));
  t.notOk(existsSync(join(root, 'a', 'b')));
});

t.test('two at once', async (t) => {
  const path = join(t.testdir({}), 'a', 'b', 'c');
  const made = await Promise.all([makeFolders(path), makeFolders(path)]);
  t.ok(existsSync(path));
  t.equal(new Set(made.flat()).size, 3);
});

t.test('what cannot be made leaves nothing, and never hangs', async (t) => {
  const root = t.testdir({});
  await writeFile(join(root, 'file'), '');
  await t.rejects(makeFolders(join(root, 'file')), { code: 'EEXIST' });
  await t.rejects(makeFolders(join(root, 'file', 'below')), { code: 'ENOTDIR' });
  await t.rejects(makeFolders('/proc/none/below'), { code: 'ENOENT' });
  await t.rejects(makeFolders(join(root, 'new', 'x'.repeat(300))), { code: 'ENAMETOOLONG' });
  t.notOk(existsSync(join(root, 'new')));
});
