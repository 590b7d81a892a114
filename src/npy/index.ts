import { EdgeDeployError } from '../base/errors.js';
import { allocate, byteLength, type Data, type DType, elementCount, type Tensor } from '../ir/tensor.js';

/** NumPy's `.npy` files, versions 1 to 3, C order, little-endian: the form in which inputs and outputs travel. */
const DESCRIPTIONS: Readonly<Record<DType, string>> = {
  f32: '<f4',
  f64: '<f8',
  i8: '|i1',
  u8: '|u1',
  i16: '<i2',
  i32: '<i4',
  i64: '<i8',
  bool: '|b1',
};

/** Reads a tensor. Throws E_INPUT naming `source` and what is wrong with it. */
export function readNpy(bytes: Uint8Array, source: string): Tensor {
  const fail = (problem: string): never => {
    throw new EdgeDeployError('E_INPUT', `${source}: ${problem}`, { hint: "Save it with numpy.save('x.npy', array)." });
  };
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== '\x93NUMPY')
    fail('is not a .npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint8(6);
  if (version < 1 || version > 3) fail(`has the unknown format version ${version}`);
  const wide = version >= 2;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) fail('is cut short inside its header');
  const header = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  const description = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? fail('has a header without an element type');
  const shapeText = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? fail('has a header without a shape');
  const shape = shapeText
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map(Number);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) fail(`has the unusable shape (${shapeText})`);
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1] ?? fail('has a header without an order');
  if (order === 'True') fail('is in Fortran order; save numpy.ascontiguousarray(x)');
  if (description.startsWith('>')) fail("is big-endian; save x.astype(x.dtype.newbyteorder('<'))");
  const found = Object.entries(DESCRIPTIONS).find(([, text]) => text === description.replace('=', '<'));
  const dtype = (found ?? fail(`has the element type ${description}, which is not supported`))[0] as DType;
  const type = { dtype, shape };
  if (!(elementCount(shape) <= 2 ** 31) || bytes.length - end !== byteLength(type)) {
    fail(`should hold ${byteLength(type)} bytes for the shape (${shape.join(', ')}) and holds ${bytes.length - end}`);
  }
  return { type, data: viewAs(dtype, new Uint8Array(bytes.subarray(end))) };
}

export function writeNpy(tensor: Tensor): Uint8Array {
  const { dtype, shape } = tensor.type;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  const { buffer, byteOffset, byteLength: length } = tensor.data;
  return Buffer.concat([head, Buffer.from(padded, 'latin1'), new Uint8Array(buffer, byteOffset, length)]);
}

/** Raw little-endian bytes as elements: a view of them, or of a copy where they are not aligned. */
export function viewAs(dtype: DType, bytes: Uint8Array): Data {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const Type = allocate({ dtype, shape: [0] }).constructor as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => Data;
  const count = bytes.byteLength / elementBytes(dtype);
  return new Type(aligned.buffer, aligned.byteOffset, count);
}

function elementBytes(dtype: DType): number {
  return byteLength({ dtype, shape: [] });
}
