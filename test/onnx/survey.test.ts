import t from 'tap';
import type { SkippedOp } from '../../src/ir/skipped-op.js';
import { importModel } from '../../src/onnx/index.js';
import { readModel } from '../../src/onnx/wire.js';
import { input, type Message, modelBytes, node } from '../support/onnx-model.js';

/** Imports for inspection: the graph, and what it lacks. */
function survey(graph: Message) {
  const skipped: SkippedOp[] = [];
  const model = readModel(modelBytes(graph));
  return { graph: importModel('m', model, new Map(), { onSkipped: (one) => skipped.push(one) }), skipped };
}

const nodes = [
  node('Relu', ['x'], { output: ['a'] }),
  node('Wonder', ['a'], { output: ['b', 'unused'], domain: 'com.example', name: 'w1' }),
  node('Sigmoid', ['b'], { output: ['y'] }),
];

t.test('import goes on behind an unsupported node with the shape that the model notes', (t) => {
  const { graph, skipped } = survey({ node: nodes, value_info: [input('b', ['N', 5])] });
  t.strictSame(graph.types.get('y')?.shape, [1, 5]);
  t.equal(graph.nodes.length, 2);
  t.match(skipped, [{ op: 'com.example::Wonder', name: 'w1', inputs: ['a'], outputs: ['b'], reason: 'unsupported' }]);
  t.end();
});

t.test('without one, the nodes behind are named', (t) => {
  const { graph, skipped } = survey({ node: nodes });
  t.strictSame(graph.outputs, []);
  t.strictSame(
    skipped.map(({ op, reason }) => [op, reason]),
    [
      ['com.example::Wonder', 'unsupported'],
      ['Sigmoid', 'unreached'],
    ],
  );
  t.end();
});

t.test('an unsupported form is a finding, and so are all others behind it', (t) => {
  const { skipped } = survey({
    node: [
      node('Softmax', ['x'], { output: ['a'], attribute: [{ name: 'axis', type: 2, i: 7 }] }),
      node('Wonder', ['x'], { output: ['y'] }),
    ],
    output: [{ name: 'a' }, { name: 'y' }],
  });
  t.strictSame(
    skipped.map(({ op, reason }) => [op, reason]),
    [
      ['Softmax', 'unsupported'],
      ['Wonder', 'unsupported'],
    ],
  );
  t.match(skipped[0]!.problem, 'axis 7');
  t.equal(skipped[1]!.problem, undefined);
  t.end();
});
