import t from 'tap';
import { sha256, storedName } from '../../deploy/hash.js';

const file = (name: string) => ({ name, bytes: new Uint8Array(0) });

t.test('SHA-256', (t) => {
  t.equal(sha256(new Uint8Array(0)), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  t.equal(sha256(Buffer.from('abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  t.equal(sha256(Buffer.from('xabcx').subarray(1, 4)), sha256(Buffer.from('abc')), 'of the view, not of its buffer');
  t.end();
});

t.test('a stored name is safe for every file system and shell', (t) => {
  const hash = sha256(Buffer.from('abc'));
  t.equal(storedName(file('mobilenet.edp'), hash), 'ba7816bf8f01cfea414140de-mobilenet.edp');
  t.equal(storedName(file('../../etc/passwd'), hash), 'ba7816bf8f01cfea414140de-.._.._etc_passwd');
  for (const name of ['a b', "it's", '$(x)', 'é', 'a\nb', '', '-x', '.', 'a:b\\c'])
    t.match(storedName(file(name), hash), /^[0-9a-f]{24}-[A-Za-z0-9._-]*$/, JSON.stringify(name));
  t.end();
});
