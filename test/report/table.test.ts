import t from 'tap';
import { renderTable } from '../../src/report/table.js';

t.test('columns are as wide as their widest cell, numbers stand to the right', (t) => {
  const text = renderTable(
    [{ title: 'op' }, { title: 'MACs', align: 'right' }],
    [
      ['conv2d', '1'],
      ['fc', '12345'],
    ],
  );
  t.equal(text, ['op       MACs', '──────  ─────', 'conv2d      1', 'fc      12345'].join('\n'));
  t.end();
});

t.test('no rows, empty cells, no blanks at the end of a line', (t) => {
  t.equal(renderTable([{ title: 'name' }, { title: 'x' }], []), 'name  x\n────  ─');
  const text = renderTable([{ title: 'name' }, { title: 'description' }], [['a', ''], ['b']]);
  t.notMatch(text, / $/m);
  t.equal(text.split('\n').length, 4);
  t.end();
});
