import type { Activation } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import { activate } from './activation.js';
import { floats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { required, typeError } from './shape.js';

/** y = activation(x), elementwise. */
export interface UnaryAttributes {
  readonly activation: Activation;
}

export const unary: OpDefinition<UnaryAttributes> = defineOp({
  infer([x]) {
    const type = required(x, 'x');
    if (type.dtype !== 'f32') throw typeError(`an activation needs f32, not ${type.dtype}`);
    return [type];
  },
  evaluate([x], { activation }) {
    const data = Float32Array.from(floats(x));
    activate(data, activation);
    return [{ type: x!.type, data }];
  },
  macs([x]) {
    return elementCount(x!.shape);
  },
});
