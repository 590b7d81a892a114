import t from 'tap';
import type { SkippedOp } from '../../src/ir/skipped-op.js';
import { AttributeType, importProgram, type Program } from '../../src/paddle/index.js';
import { float, messageOf, op, parametersOf, programOf, type TestOp } from '../support/programs.js';
import { refuses } from '../support/refusals.js';

const x = { x: { dims: [-1, 4] }, w: { dims: [4, 2], data: new Float32Array(8).fill(1) } };
const unary = (type: string, from: string, to: string) => op(type, { X: [from] }, { Out: [to] });

/** Imports for inspection: the graph, and what it lacks. */
function survey(program: Program, variables = x) {
  const skipped: SkippedOp[] = [];
  const parameters = parametersOf(program, variables);
  const inputShapes = new Map([['x', [3, 4]]]);
  const onSkipped = (one: SkippedOp) => skipped.push(one);
  return { graph: importProgram('m', program, parameters, { inputShapes, onSkipped }), skipped };
}

const surveyOf = (ops: readonly TestOp[], outputs: readonly string[], declared = {}) =>
  survey(programOf(x, ops, outputs, declared));

t.test(
  'what stands before, beside and behind an unsupported op is imported, with the shapes that are declared',
  (t) => {
    const ops = [
      unary('relu', 'x', 'a'),
      unary('erfinv', 'a', 'b'),
      unary('sigmoid', 'b', 'c'),
      op('mul', { X: ['c'], Y: ['w'] }, { Out: ['y'] }),
    ];
    const { graph, skipped } = surveyOf(ops, ['y'], { b: [-1, 4] });
    t.strictSame(
      graph.nodes.map(({ op }) => op),
      ['unary', 'unary', 'fc'],
    );
    t.strictSame(graph.types.get('y')?.shape, [3, 2], 'the open batch is the input’s');
    t.match(skipped, [{ op: 'erfinv', name: 'b', inputs: ['a'], outputs: ['b'], reason: 'unsupported' }]);
    t.equal(skipped.length, 1);
    t.end();
  },
);

t.test('where no shape is declared, the ops behind are named, and weights there are not lost', (t) => {
  const ops = [
    unary('erfinv', 'x', 'a'),
    unary('relu', 'a', 'b'),
    op('mul', { X: ['b'], Y: ['w'] }, { Out: ['y'] }),
    unary('relu', 'x', 'z'),
  ];
  const { graph, skipped } = surveyOf(ops, ['y', 'z']);
  t.strictSame(graph.outputs, ['z']);
  t.strictSame([...graph.constants.keys()], ['w']);
  t.strictSame(
    skipped.map(({ op, reason }) => [op, reason]),
    [
      ['erfinv', 'unsupported'],
      ['relu', 'unreached'],
      ['mul', 'unreached'],
    ],
  );
  t.match(skipped[1]!.problem, "'a'");
  t.end();
});

t.test('a value written in place is not taken for what it was before', (t) => {
  const ops = [unary('relu', 'x', 'a'), unary('erfinv', 'a', 'a'), unary('relu', 'a', 'y')];
  const { graph, skipped } = surveyOf(ops, ['y']);
  t.equal(graph.nodes.length, 1);
  t.strictSame(
    skipped.map(({ reason }) => reason),
    ['unsupported', 'unreached'],
  );
  t.notSame(skipped[1]!.inputs, ['a'], 'it reads another value than the first relu makes');
  t.strictSame(skipped[1]!.inputs, skipped[0]!.outputs);
  t.end();
});

t.test('an unsupported form counts as an unsupported op; a damaged program is refused as ever', async (t) => {
  const pad = op('pad', { X: ['x'] }, { Out: ['y'] });
  const { skipped } = surveyOf([op('interpolate', { X: ['x'] }, { Out: ['q'] }), pad], ['y', 'q']);
  t.equal(skipped.length, 2);
  await refuses(t, () => surveyOf([unary('relu', 'nowhere', 'y')], ['y']), 'E_MODEL', 'nowhere');
});

t.test('unsupported ops inside of blocks are named, too', (t) => {
  const block = { sub_block: { type: AttributeType.BLOCK, block_idx: 1 } };
  const program = programOf(x, [op('while', { X: ['x'] }, { Out: ['y'] }, block)], ['y'], { y: [-1, 4] });
  const inner = [unary('erfinv', 'x', 'inside'), op('scale', { X: ['inside'] }, { Out: ['y'] }, { scale: float(2) })];
  program.blocks.push({ idx: 1, parent_idx: 0, vars: [], ops: inner.map(messageOf) });
  const { skipped } = survey(program);
  t.strictSame(
    skipped.map(({ op, name }) => [op, name]),
    [
      ['while', 'y'],
      ['erfinv', 'inside'],
    ],
  );
  t.end();
});
