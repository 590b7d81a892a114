import { setFloat } from '../attributes.js';
import type { Pass } from '../pass.js';

/** x · sigmoid(x) → swish (Paddle-Lite: lite_sigmoid_elementmul_fuse). */
export const fuseSwish: Pass = (graph) => {
  for (const mul of [...graph.nodes]) {
    if (mul.type !== 'elementwise_mul') continue;
    const [x, y] = [mul.input('X'), mul.input('Y')];
    const sigmoid = [x, y].map((value) => value?.producer).find((node) => node?.type === 'sigmoid');
    const input = sigmoid?.input('X');
    const gate = sigmoid?.output('Out');
    if (!input || gate?.onlyUse !== mul || ![x, y].includes(input)) continue;
    for (const slot of [...mul.inputs.keys()]) mul.clearInput(slot);
    mul.type = 'swish';
    mul.attributes.clear();
    mul.setInput('X', input);
    setFloat(mul, 'beta', 1);
    graph.remove(sigmoid!);
  }
};
