import type { Graph } from '../../../src/ir/graph.js';
import { parseGraph } from '../../../src/ir/parse.js';

/** Names that would run, load or hide something if a page took them for more than text. */
export const HOSTILE_NAMES = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(2)>',
  '"><svg onload=alert(3)>',
  "'-alert(4)-'",
  '<!--<script>',
  '$\x7balert(5)}',
  '&lt;b&gt;',
  '__proto__',
  'constructor',
  '\u2028\u202e\u0000name\n',
  `${'long'.repeat(80)}`,
  '名前'.repeat(40),
];

/** A chain of fully connected layers and activations whose inputs, weights and results all bear such names. */
export function hostileGraph(): Graph {
  const quoted = HOSTILE_NAMES.map((name) => JSON.stringify(name));
  const lines = ['graph "<b>bold</b>" imported', `input ${quoted[0]} f32[1,2]`];
  const nodes: string[] = [];
  for (let i = 1; i < quoted.length; i++) {
    const weight = JSON.stringify(`${HOSTILE_NAMES[i]} weight`);
    lines.push(`constant ${weight} f32[2,2] = [1,-2,3,-4]`);
    nodes.push(`${quoted[i]} f32[1,2] = fc(${quoted[i - 1]}, ${weight}) {flatten: 1}`);
  }
  return parseGraph([...lines, ...nodes, `output ${quoted.at(-1)}`, ''].join('\n'));
}
