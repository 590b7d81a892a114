import t from 'tap';
import { nearest } from '../../src/base/nearest.js';

const NAMES = ['host', 'rpi4', 'rpi5', 'qemu-armv7', 'qemu-armv8'];

t.test('the closest name, if it is close', (t) => {
  t.equal(nearest('hots', NAMES), 'host');
  t.equal(nearest('HOST', NAMES), 'host', 'case does not count');
  t.equal(nearest('rpi44', NAMES), 'rpi4');
  t.equal(nearest('qemu-arm8', NAMES), 'qemu-armv8');
  t.equal(nearest('qemuarm7', NAMES), 'qemu-armv7', 'long words may differ more');
  t.equal(nearest('rpi6', NAMES), 'rpi4', 'the first of equally close ones');
  t.end();
});

t.test('nothing where nothing is close', (t) => {
  t.equal(nearest('jetson', NAMES), undefined);
  t.equal(nearest('host', []), undefined);
  t.equal(nearest('abcdefghi', ['abcdxxxxi']), undefined, 'four of nine letters are too many');
  t.end();
});
