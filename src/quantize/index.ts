/** Weight quantisation of graphs by PaddleSlim's rules, and what it costs. */
export type { QuantizationMode } from '../ir/quantization.js';
export type { WeightReport } from '../ir/weight-report.js';
export { dequantizeWeights, quantizeWeights, type WeightOptions } from './weights.js';
