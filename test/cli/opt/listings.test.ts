import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { TEXTS } from '../../../src/cli/opt/listings.js';
import { kernelKeys } from '../../../src/opt/kernels.js';
import { OPT_GOLDEN } from '../../support/opt-cases.js';

const golden = (name: string): string[] => readFileSync(join(OPT_GOLDEN, name), 'utf8').replace(/\n$/, '').split('\n');
const ours = Object.keys(kernelKeys);
const word = (row: string): string => /\w+/.exec(row)?.[0] ?? '';

t.test('print_supported_ops has the rows of Paddle-Lite, byte for byte but for the column of unknown targets', (t) => {
  const [title, header, ...rows] = golden('print-supported-ops-arm.stdout.txt');
  const expected = [title, header, ...rows.filter((row) => ours.includes(word(row)))];
  const [first, ...table] = expected as [string, ...string[]];
  t.strictSame(TEXTS.print_supported_ops().split('\n'), [first, ...table.map((row) => row.slice(0, -'  kUnk'.length))]);
  t.equal(TEXTS.print_all_ops(), TEXTS.print_supported_ops().split('\n').slice(1).join('\n'));
  t.equal(table.length - 1, ours.length, 'Paddle-Lite knows every op of ours');
  t.end();
});

t.test('print_all_ops_in_md_format has its rows and columns', (t) => {
  const rows = golden('print-all-ops-md.stdout.txt').slice(3);
  const cells = new Map(rows.map((row) => [word(row), row.split('|')]));
  const [count, header, rule, ...table] = TEXTS.print_all_ops_in_md_format().split('\n');
  t.equal(count, `The number of supported operators is : ${ours.length}`);
  t.strictSame([header, rule], ['| OP_name | ARM | Host ', '|-:|-| -| ']);
  // Paddle-Lite's columns: op, ARM, OpenCL, Metal, XPU, Host.
  const expected = ours.sort().map((op) => {
    const row = cells.get(op)!;
    return `|${row[1]}|${row[2]}|${row[6]}|`;
  });
  t.strictSame(table, expected);
  t.end();
});

t.test('display_kernels has its lines', (t) => {
  const known = golden('display-kernels.stdout.txt');
  t.strictSame(
    TEXTS.display_kernels().split('\n'),
    known.filter((line) => ours.includes(word(line))),
  );
  t.end();
});
