import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { compileAsIs } from '../../support/compile-as-is.js';
import { Maker } from '../../support/maker.js';
import { buildSanitized } from '../../support/sanitized.js';

t.setTimeout(5 * 60 * 1000);

t.test('the C API keeps its promises (ASan, UBSan)', async (t) => {
  const folder = t.testdir({});
  const [program, product, plans] = [join(folder, 'program'), join(folder, 'product'), join(folder, 'plans')];
  const host = { architecture: 'x86_64', path: 'ref' } as const;
  const lines = (size: number) => {
    const make = new Maker('line');
    const line = { activation: { kind: 'linear', a: 2, b: 1, c: 0 } };
    return make.finish([make.op('unary', [make.op('unary', [make.x(1, size)], line)], line)]);
  };
  await writeFile(program, compileAsIs(lines(5), host));
  await writeFile(plans, compileAsIs([5, 300, 20].map(lines), host));
  const makeProduct = new Maker('product');
  const z = makeProduct.op('matmul', [makeProduct.x(64, 64), makeProduct.positive(64, 64)], {
    ...{ transposeX: false, transposeY: false, alpha: 1 },
  });
  await writeFile(product, compileAsIs(makeProduct.finish([z]), host));
  const test = await buildSanitized('test/kernels/core/session.c', join(folder, 'session'));
  const { stdout } = await promisify(execFile)(test, [program, product, plans]).catch(
    (error: { stdout: string }) => error,
  );
  const results = stdout.split('\n').filter((line) => /^(not )?ok /.test(line));
  t.match(stdout, `1..${results.length}`, 'ran to its end');
  for (const result of results) t.notMatch(result, /^not/, result.replace(/^(not )?ok \d+ - /, ''));
});
