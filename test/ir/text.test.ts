import t, { type Test } from 'tap';
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/ir/graph.js';
import { parseGraph } from '../../src/ir/parse.js';
import { printGraph } from '../../src/ir/text.js';
import { loadModel } from '../../src/load.js';
import { fuseActivations } from '../../src/passes/fuse-activations.js';
import { goldenCases } from '../support/models.js';

function roundTrip(t: Test, graph: Graph, what: string): void {
  const text = printGraph(graph);
  const parsed = parseGraph(text, graph.constants);
  t.strictSame({ ...parsed, constants: [...parsed.constants.keys()] }, plain(graph), what);
  for (const [name, { data, quantization }] of parsed.constants) {
    const original = graph.constants.get(name)!;
    t.strictSame([...data], [...original.data], `values of ${name}`);
    t.strictSame(quantization, original.quantization, `scales of ${name}`);
  }
  t.equal(printGraph(parsed), text, 'prints the same again');
}

/** Without attributes that are absent: the text form does not show them. */
function plain(graph: Graph) {
  const nodes = graph.nodes.map((node) => ({
    ...node,
    attributes: Object.fromEntries(Object.entries(node.attributes).filter(([, value]) => value !== undefined)),
  }));
  return { ...graph, nodes, constants: [...graph.constants.keys()] };
}

t.test('what is printed parses back, in every stage', async (t) => {
  const names = ['zoo/conv_bn_relu6_new', 'zoo/dw_bn_hswish', 'zoo/shuffle_new', 'fashion-lenet-1.8/combined'];
  for (const golden of goldenCases().filter(({ name }) => names.includes(name))) {
    const graph = await loadModel(golden.path, { inputShapes: new Map([[golden.input, golden.shape]]) });
    roundTrip(t, graph, `${golden.name} imported`);
    for (const precision of ['fp32', 'int8'] as const) {
      const compiled = compile(graph, { architecture: 'aarch64', path: 'neon', precision, l2: 1 << 19 });
      roundTrip(t, compiled.model, `${golden.name} ${precision}`);
      roundTrip(t, compiled.graph, `${golden.name} ${precision} optimised`);
    }
  }
});

const line = `graph "two words" imported
input x f32[1,2]
constant w i8[2,2] bits 8 axis 1 scales [0.1,Infinity] = [1,-2,3,-4]
"output" f32[1,2] = fc layer(x, w)
y f32[1,2] = unary("output") {activation: clamp(0, Infinity, 0)}
output y
`;

t.test('a pass, text in and text out', (t) => {
  t.equal(
    printGraph(fuseActivations(parseGraph(line))),
    `graph "two words" imported
input x f32[1,2]
constant w i8[2,2] bits 8 axis 1 scales [0.1,Infinity] = [1,-2,3,-4]
y f32[1,2] = fc layer(x, w) {activation: clamp(0, Infinity, 0)}
output y
`,
  );
  t.end();
});

t.test('what cannot be read is named with its line', (t) => {
  const mistakes: readonly (readonly [string, string, RegExp])[] = [
    ['imported', 'important', /line 1 .*one of imported/],
    ['f32[1,2]\nconst', 'f33[1,2]\nconst', /line 2 .*one of f32/],
    ['[1,-2,3,-4]', 'elided', /line 3 .*left out/],
    ['(x, w)', '(x, w', /line 4 .*'\)' expected/],
    ['output y', 'output y z', /line 6 .*too much/],
    ['"two words"', '"two words', /line 1 .*cannot be read/],
    ['clamp(0,', 'clamp(zero,', /line 5 .*'zero' is no number/],
  ];
  for (const [from, to, message] of mistakes) {
    t.throws(() => parseGraph(line.replace(from, to)), { code: 'E_USAGE', message });
  }
  t.throws(() => parseGraph(line.replace('output y', 'output z')), { code: 'E_INTERNAL' });
  t.end();
});
