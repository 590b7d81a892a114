import t from 'tap';
import { importProgram, type Program, VarKind } from '../../src/paddle/index.js';
import { feeds, fetches, liveOps } from '../../src/paddle/interface.js';
import { AttributeType } from '../../src/paddle/messages.js';
import { int, op, programOf } from '../support/programs.js';
import { refuses } from '../support/refusals.js';

const sum = (inputs: readonly string[], output: string) => op('sum', { X: inputs }, { Out: [output] });
const importing =
  (program: Program, shapes: Record<string, number[]> = {}) =>
  () =>
    importProgram('m', program, new Map(), { inputShapes: new Map(Object.entries(shapes)) });

t.test('inputs and outputs come in the order of their columns, not of their ops', async (t) => {
  const program = programOf(
    { a: { dims: [2] }, b: { dims: [2] } },
    [sum(['a', 'b'], 'y'), sum(['a'], 'z')],
    ['y', 'z'],
  );
  const [block] = program.blocks;
  block!.ops.reverse();
  for (const { type, attrs } of block!.ops) if (type === 'feed' || type === 'fetch') attrs[0]!.i = 7 - attrs[0]!.i!;
  t.strictSame(feeds(program), ['b', 'a']);
  t.strictSame(fetches(program), ['z', 'y']);
});

t.test('an open batch is 1; other open dimensions are asked for, with the flag that gives them', async (t) => {
  const model = (...dims: number[]) => programOf({ image: { dims } }, [sum(['image'], 'y')], ['y']);
  t.strictSame(importing(model(-1, 3))().types.get('image')!.shape, [1, 3]);
  const open = await refuses(
    t,
    importing(model(-1, 3, -1, -1)),
    'E_SHAPE',
    "'image' has open dimensions: [-1,3,-1,-1]",
  );
  t.match(open.hint, '--input-shape image=1x3x224x224');
  t.strictSame(importing(model(-1, 3, -1, -1), { image: [2, 3, 8, 9] })().types.get('image')!.shape, [2, 3, 8, 9]);
  for (const shape of [
    [1, 3],
    [1, 3, 0, 9],
    [1, 3, -1, 9],
    [1, 3, 1.5, 9],
    [1, 3, 2 ** 53, 9],
  ]) {
    await refuses(t, importing(model(-1, 3, -1, -1), { image: shape }), 'E_SHAPE', 'does not fit');
  }
  const unknown = await refuses(t, importing(model(1), { x: [1] }), 'E_INPUT', "no input 'x'");
  t.match(unknown.hint, 'image');
});

t.test('an input too large for any device', async (t) => {
  for (const dims of [[2 ** 28 + 1], [65536, 65536], [1, 2 ** 31 - 1], [1, 2 ** 40, 2 ** 40], [1, 2 ** 62, 2 ** 62]]) {
    await refuses(
      t,
      importing(programOf({ x: { dims } }, [sum(['x'], 'y')], ['y'])),
      'E_SHAPE',
      /would have the shape \[/,
    );
  }
});

t.test('damaged interfaces', async (t) => {
  const whole = () => programOf({ x: { dims: [2] } }, [sum(['x'], 'y')], ['y']);
  const damaged = (damage: (program: Program) => unknown) => {
    const program = whole();
    damage(program);
    return importing(program);
  };
  const ops = (program: Program) => program.blocks[0]!.ops;
  const x = (program: Program) => program.blocks[0]!.vars.find(({ name }) => name === 'x')!;
  const cases: [(program: Program) => unknown, string | RegExp][] = [
    [(p) => ops(p).pop(), 'no output (no fetch op)'],
    [(p) => ops(p).shift(), /reads 'x', which no op before it has written/],
    [(p) => Object.assign(ops(p)[0]!, { outputs: [] }), 'a feed op names no variable'],
    [(p) => Object.assign(ops(p)[2]!.inputs[0]!, { arguments: [] }), 'a fetch op names no variable'],
    [(p) => ops(p).unshift(ops(p)[0]!), "feeds 'x' twice"],
    [(p) => Object.assign(p.blocks[0]!, { vars: [] }), "does not declare its input 'x'"],
    [(p) => Object.assign(x(p), { type: null }), "does not declare its input 'x'"],
    [(p) => Object.assign(x(p).type!, { lod_tensor: null }), "does not declare its input 'x'"],
    [(p) => Object.assign(x(p).type!.lod_tensor!.tensor!, { data_type: VarKind.RAW }), 'element type (17)'],
    [(p) => Object.assign(ops(p)[1]!.inputs[0]!, { arguments: ['z'] }), /sum \(op 1, makes 'y'\) reads 'z'/],
    [(p) => Object.assign(ops(p)[1]!.inputs[0]!, { arguments: ['y'] }), /sum \(op 1, makes 'y'\) reads 'y'/],
  ];
  for (const [damage, message] of cases) await refuses(t, damaged(damage), 'E_MODEL', message);
});

t.test('a program may fetch an input, a parameter, or the same value twice', async (t) => {
  const graph = importing(programOf({ x: { dims: [2] } }, [sum(['x'], 'y')], ['x', 'y', 'y']))();
  t.equal(new Set(graph.outputs).size, 3);
});

t.test('ops that only an attribute’s variable needs are live; what is overwritten is not', async (t) => {
  const program = programOf(
    { x: { dims: [2] } },
    [
      op('shape', { Input: ['x'] }, { Out: ['size'] }),
      op('reshape2', { X: ['x'] }, { Out: ['y'] }, { shape: { type: AttributeType.VAR, var_name: 'size' } }),
      op('erfinv', { X: ['x'] }, { Out: ['z'] }),
      op('fill_constant', {}, { Out: ['z'] }, { shape: { type: AttributeType.INTS, ints: [2] }, dtype: int(5) }),
    ],
    ['y', 'z'],
  );
  t.strictSame(
    liveOps(program, ['y', 'z']).map(({ op: { type }, index }) => [type, index]),
    [
      ['shape', 1],
      ['reshape2', 2],
      ['fill_constant', 4],
    ],
  );
  t.strictSame(importing(program)().outputs.length, 2);
});
