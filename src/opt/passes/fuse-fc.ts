import { moveThreshold, read, setFloat, setInt, setText } from '../attributes.js';
import { floats, fp32, isInteger } from '../conv.js';
import type { ProgramGraph } from '../graph.js';
import type { Node, Value } from '../node.js';
import type { Pass } from '../pass.js';

/** squeeze2 or reshape2 of [N, K, 1, 1] + matmul → mul (Paddle-Lite: lite_squeeze2_matmul_fuse, lite_reshape2_matmul_fuse). */
export const dropReshapeBeforeMatmul: Pass = (graph) => {
  for (const matmul of [...graph.nodes]) {
    const reshape = isPlainMatmul(matmul, ['matmul']) ? matmul.input('X')?.producer : undefined;
    if (reshape?.type !== 'squeeze2' && reshape?.type !== 'reshape2') continue;
    const [x, reshaped] = [reshape.input('X'), reshape.output('Out')];
    if (!x || reshaped?.onlyUse !== matmul || reshape.isRead('XShape')) continue;
    const isColumn = x.dims.length === 4 && x.dims[2] === 1 && x.dims[3] === 1;
    if (!isColumn || reshaped.dims.length !== 2 || matmul.input('Y')!.dims[0] !== x.dims[1]) continue;
    matmul.setInput('X', x);
    graph.remove(reshape);
    becomeMul(matmul);
  }
};

/** matmul + elementwise_add (+ relu) → fc (Paddle-Lite: lite_matmul_element_add_fuse). A transposed parameter is turned. */
export const fuseMatmulAdd: Pass = (graph) => {
  for (const add of [...graph.nodes]) {
    const matmul = add.type === 'elementwise_add' ? add.input('X')?.producer : undefined;
    if (matmul?.type !== 'matmul' || matmul.output('Out')!.onlyUse !== add) continue;
    const attributes = read(matmul);
    const isTransposed = attributes.bool('transpose_Y', false);
    const weights = matmul.input('Y');
    const rank = matmul.input('X')!.dims.length;
    const isPlain = !attributes.bool('transpose_X', false) && attributes.float('alpha', 1) === 1;
    if (!isPlain || !weights?.record || weights.dims.length !== 2 || rank < 2) continue;
    const columns = weights.dims[isTransposed ? 0 : 1]!;
    if (!isRow(add, columns, rank) || (isTransposed && isInteger(weights))) continue;
    if (isTransposed) transpose(graph.own(matmul, 'Y'));
    becomeFc(graph, matmul, add, rank - 1);
    adoptActivation(graph, matmul, ['relu']);
  }
};

/** matmul of two matrices → mul (Paddle-Lite: lite_matmul_fuse). */
export const matmulToMul: Pass = (graph) => {
  for (const node of graph.nodes) {
    const areMatrices = ['X', 'Y'].every((slot) => node.input(slot)?.dims.length === 2);
    if (areMatrices && isPlain(node, ['matmul'])) becomeMul(node);
  }
};

/** mul, matmul or matmul_v2 + elementwise_add (+ relu, relu6) → fc (Paddle-Lite: lite_fc_fuse). */
export const fuseFc: Pass = (graph) => {
  for (const add of [...graph.nodes]) {
    const product = add.type === 'elementwise_add' ? add.input('X')?.producer : undefined;
    if (!product || product.output('Out')?.onlyUse !== add) continue;
    const isMul = product.type === 'mul' && product.input('Y')?.record && product.input('Y')!.dims.length === 2;
    if (!isMul && !isPlainMatmul(product, ['matmul', 'matmul_v2'])) continue;
    const columns = read(product).int('x_num_col_dims', 1);
    const rank = isMul ? columns + 1 : product.input('X')!.dims.length;
    const width = product.input('Y')!.dims[1]!;
    if ((isMul && read(product).int('y_num_col_dims', 1) !== 1) || rank < 2 || !isRow(add, width, rank)) continue;
    const type = product.type;
    becomeFc(graph, product, add, isMul ? columns : 1);
    setText(product, 'op_type', type);
    adoptActivation(graph, product, ['relu', 'relu6']);
  }
};

/** flatten_contiguous_range + fc → fc, which flattens by itself (Paddle-Lite: lite_flatten_fc_fuse). */
export const dropFlattenBeforeFc: Pass = (graph) => {
  for (const fc of [...graph.nodes]) {
    const flatten = fc.type === 'fc' ? fc.input('Input')?.producer : undefined;
    if (flatten?.type !== 'flatten_contiguous_range' || flatten.output('Out')?.onlyUse !== fc) continue;
    const [x, attributes] = [flatten.input('X')!, read(flatten)];
    const [start, stop] = [attributes.int('start_axis', 1), attributes.int('stop_axis', 1)];
    const isWhole = start === 1 && (stop === -1 || stop === x.dims.length - 1);
    if (!isWhole || flatten.isRead('XShape')) continue;
    fc.setInput('Input', x);
    setInt(fc, 'in_num_col_dims', 1);
    setText(fc, 'op_type', 'mul');
    graph.remove(flatten);
  }
};

/** A product X · Y without transposes and factor. */
function isPlain(node: Node, types: readonly string[]): boolean {
  if (!types.includes(node.type)) return false;
  const attributes = read(node);
  const transposes = ['transpose_X', 'transpose_Y', 'trans_x', 'trans_y'].some((name) => attributes.bool(name, false));
  return !transposes && attributes.float('alpha', 1) === 1;
}

/** The same by a parameter of two axes. */
function isPlainMatmul(node: Node, types: readonly string[]): boolean {
  const y = node.input('Y');
  return isPlain(node, types) && y?.record !== undefined && y.dims.length === 2;
}

/** The addend is one number a column: a parameter [N] or [1, N] along the last axis of a product of `rank` axes. */
function isRow(add: Node, columns: number, rank: number): boolean {
  const bias = add.input('Y');
  if (!bias?.record || isInteger(bias)) return false;
  const isVector = bias.dims.length === 1 && bias.dims[0] === columns;
  const isMatrix = bias.dims.length === 2 && bias.dims[0] === 1 && bias.dims[1] === columns;
  const axis = read(add).int('axis', -1);
  return (isVector && (axis === -1 || axis === rank - 1)) || (isMatrix && (axis === -1 || axis === rank - 2));
}

function becomeMul(matmul: Node): void {
  matmul.type = 'mul';
  setInt(matmul, 'x_num_col_dims', 1);
  setInt(matmul, 'y_num_col_dims', 1);
}

/** The product op takes the addend as its bias and the name of Paddle-Lite's op; its other attributes stay. */
function becomeFc(graph: ProgramGraph, product: Node, add: Node, rowAxes: number): void {
  const [x, y, bias] = [product.input('X')!, product.input('Y')!, add.input('Y')!];
  for (const slot of [...product.inputs.keys()]) product.clearInput(slot);
  product.type = 'fc';
  product.setInput('Input', x);
  product.setInput('W', y);
  product.setInput('Bias', bias);
  setInt(product, 'in_num_col_dims', rowAxes);
  moveThreshold(add, product);
  product.setOutput('Out', add.output('Out')!);
  graph.remove(add);
}

/** The activation behind an fc becomes its own. */
function adoptActivation(graph: ProgramGraph, fc: Node, types: readonly string[]): void {
  const activation = fc.output('Out')!.onlyUse;
  if (!activation || !types.includes(activation.type)) return;
  setText(fc, 'activation_type', activation.type);
  if (activation.type === 'relu6') setFloat(fc, 'alpha', read(activation).float('threshold', 6));
  moveThreshold(activation, fc);
  fc.setOutput('Out', activation.output('Out')!);
  graph.remove(activation);
}

function transpose(weights: Value): void {
  const [rows, columns] = weights.dims as [number, number];
  const before = floats(weights);
  weights.record = fp32(
    [columns, rows],
    Float32Array.from({ length: rows * columns }, (_, i) => before[(i % rows) * columns + Math.floor(i / rows)]!),
  );
}
