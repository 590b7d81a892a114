/** The files of Paddle-Lite 2.13 that implement ops and their kernels for ARM and the host. */

/** Ops and kernels whose file is not called after them: file → what it holds. */
type Files = Readonly<Record<string, string>>;

const OPS: Files = {
  'activation_ops.cc':
    'abs elu erf exp floor gelu hard_sigmoid hard_swish leaky_relu log mish prelu reciprocal relu relu6 relu_clipped rsqrt sigmoid silu softplus sqrt square swish tanh thresholded_relu',
  'argmax_op.cc': 'arg_max',
  'batch_norm_op.cc': 'sync_batch_norm',
  'bitwise_ops.cc': 'bitwise_and bitwise_not',
  'compare_op.cc': 'equal greater_equal greater_than less_equal less_than not_equal',
  'conv_op.cc': 'conv2d depthwise_conv2d',
  'conv_transpose_op.cc': 'conv2d_transpose depthwise_conv2d_transpose',
  'elementwise_ops.cc':
    'elementwise_add elementwise_div elementwise_floordiv elementwise_max elementwise_min elementwise_mod elementwise_mul elementwise_pow elementwise_sub',
  'flatten_op.cc': 'flatten2 flatten_contiguous_range',
  'fusion_elementwise_activation_ops.cc':
    'fusion_elementwise_add_activation fusion_elementwise_div_activation fusion_elementwise_max_activation fusion_elementwise_min_activation fusion_elementwise_mul_activation fusion_elementwise_sub_activation',
  'interpolate_op.cc': 'bilinear_interp linear_interp nearest_interp',
  'interpolate_v2_op.cc': 'bilinear_interp_v2 linear_interp_v2 nearest_interp_v2',
  'logical_op.cc': 'logical_and logical_not logical_or logical_xor',
  'max_pool_with_index_op.cc': 'max_pool2d_with_index',
  'multiclass_nms_op.cc': 'multiclass_nms2 multiclass_nms3',
  'norm_op.cc': 'p_norm',
  'pool_op.cc': 'pool2d',
  'reduce_ops.cc': 'reduce_all reduce_any reduce_max reduce_mean reduce_min reduce_prod reduce_sum',
  'reshape_op.cc': 'reshape2',
  'sparse_conv_op.cc': 'sparse_conv2d',
  'squeeze_op.cc': 'squeeze2',
  'topk_op.cc': 'top_k',
  'topk_v2_op.cc': 'top_k_v2',
  'transpose_op.cc': 'transpose2',
  'unsqueeze_op.cc': 'unsqueeze2',
};

const ARM: Files = {
  'activation_compute.cc': 'elu leaky_relu prelu relu relu6 sigmoid silu tanh thresholded_relu',
  'activation_extra_compute.cc':
    'abs erf exp floor gelu hard_sigmoid hard_swish log mish reciprocal relu_clipped rsqrt sign softplus sqrt square swish',
  'argmax_compute.cc': 'arg_max',
  'batch_norm_compute.cc': 'sync_batch_norm',
  'calib_compute.cc': 'calib_once',
  'conv_compute.cc': 'conv2d depthwise_conv2d',
  'conv_transpose_compute.cc': 'conv2d_transpose',
  'depthwise_conv_transpose_compute.cc': 'depthwise_conv2d_transpose',
  'elementwise_compute.cc':
    'elementwise_add elementwise_div elementwise_floordiv elementwise_max elementwise_min elementwise_mod elementwise_mul elementwise_pow elementwise_sub fusion_elementwise_add_activation fusion_elementwise_div_activation fusion_elementwise_max_activation fusion_elementwise_min_activation fusion_elementwise_mul_activation fusion_elementwise_sub_activation',
  'interpolate_compute.cc':
    'bilinear_interp bilinear_interp_v2 linear_interp linear_interp_v2 nearest_interp nearest_interp_v2',
  'layout_compute.cc': 'layout_once',
  'lookup_table_compute.cc': 'lookup_table_v2',
  'pool_compute.cc': 'pool2d',
  'sparse_conv_compute.cc': 'sparse_conv2d',
  'transpose_compute.cc': 'transpose2',
};

const HOST: Files = {
  'activation_compute.cc':
    'abs elu exp floor hard_sigmoid hard_swish leaky_relu log prelu reciprocal relu relu6 relu_clipped rsqrt sigmoid silu softplus square swish tanh thresholded_relu',
  'argmax_compute.cc': 'arg_max',
  'bitwise_compute.cc': 'bitwise_and bitwise_not',
  'compare_compute.cc': 'equal greater_equal greater_than less_equal less_than not_equal',
  'fill_any_like_compute.cc': '',
  'flatten_compute.cc': 'flatten_contiguous_range',
  'logical_compute.cc': 'logical_and logical_not logical_or logical_xor',
  'max_pool_with_index_compute.cc': 'max_pool2d_with_index',
  'multiclass_nms_compute.cc': 'multiclass_nms2 multiclass_nms3',
  'norm_compute.cc': 'p_norm',
  'one_hot_compute.cc': 'one_hot_v2',
  'reduce_compute.cc': 'reduce_all reduce_any',
  'reshape_compute.cc': 'flatten flatten2 reshape2',
  'squeeze_compute.cc': 'squeeze2',
  'topk_compute.cc': 'top_k',
  'topk_v2_compute.cc': 'top_k_v2',
  'unsqueeze_compute.cc': 'unsqueeze2',
};

const byName = (files: Files): ReadonlyMap<string, string> =>
  new Map(Object.entries(files).flatMap(([file, names]) => names.split(' ').map((name) => [name, file])));

const opFiles = byName(OPS);
const kernelFiles = new Map([
  ['kARM', byName(ARM)],
  ['kHost', byName(HOST)],
]);

export function opSource(op: string): string {
  return opFiles.get(op) ?? `${op}_op.cc`;
}

/** `kernel` is `op,target,precision,layout,alias`. */
export function kernelSource(kernel: string): string {
  const [op, target] = kernel.split(',');
  return kernelFiles.get(target!)?.get(op!) ?? `${op}_compute.cc`;
}
