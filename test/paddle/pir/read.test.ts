import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { EdgeDeployError } from '../../../src/base/errors.js';
import { elementCount } from '../../../src/ir/tensor.js';
import { evaluateGraph } from '../../../src/ops/evaluate.js';
import { importProgram, type Parameters, readProgram, splitParameters } from '../../../src/paddle/index.js';
import { lcg, lcgFloats } from '../../support/lcg.js';
import { GOLDEN } from '../../support/models.js';

const folder = join(GOLDEN, 'fashion-mobilenet-pir-3.3');
const text = readFileSync(join(folder, 'inference.json'), 'utf8');
const parameterFile = readFileSync(join(folder, 'inference.pdiparams'));

t.test('a PIR program is its classic twin: same inputs, parameters and op types', (t) => {
  const program = readProgram(Buffer.from(text));
  const twin = readProgram(readFileSync(join(GOLDEN, 'fashion-mobilenet-2.6', 'inference.pdmodel')));
  // The classic export ends in a scale by 1, and PIR makes the pool's size a value.
  const types = (one: typeof program) =>
    one.blocks[0]!.ops.map(({ type }) => type).filter(
      (type) => !['assign_value', 'scale', 'feed', 'fetch'].includes(type),
    );
  t.strictSame(types(program), types(twin));
  t.equal(splitParameters(program, parameterFile).size, 57);
  t.end();
});

interface Made {
  readonly op: string;
  readonly operands: readonly number[];
  readonly attributes?: Readonly<Record<string, { '#': string; D?: unknown; VD?: unknown }>>;
  readonly results?: readonly object[];
}

const F32 = (...dims: number[]) => ({ '#': '0.t_dtensor', D: [{ '#': '0.t_f32' }, dims, 'NCHW', [], 0] });
const I64 = (...dims: number[]) => ({ '#': '0.t_dtensor', D: [{ '#': '0.t_i64' }, dims, 'NCHW', [], 0] });
const ints = (...values: number[]) => ({ '#': '0.a_array', D: values.map((D) => ({ '#': '0.a_i64', D })) });

/** A program of an input x (value 1) and these operations, whose results are numbered on; the last one is fetched. */
function evaluate(shape: readonly number[], made: readonly Made[]): { shape: readonly number[]; data: number[] } {
  const ops: object[] = [];
  let next = 1;
  const add = ({ op, operands, attributes = {}, results = [F32()] }: Made) =>
    ops.push({
      '#': op,
      I: operands.map((id) => ({ '%': id })),
      A: Object.entries(attributes).map(([N, AT]) => ({ N, AT })),
      O: results.map((TT) => ({ '%': next++, TT })),
    });
  add({ op: '1.data', operands: [], attributes: { name: { '#': '0.a_str', D: 'x' } }, results: [F32(...shape)] });
  made.forEach(add);
  add({ op: '1.fetch', operands: [next - 1], attributes: { col: { '#': '0.a_i32', D: 0 } } });
  const json = { base_code: { magic: 'pir', version: 1 }, program: { regions: [{ blocks: [{ ops }] }] } };
  const graph = importProgram('made', readProgram(Buffer.from(JSON.stringify(json))), new Map() as Parameters);
  const x = { type: { dtype: 'f32' as const, shape }, data: lcgFloats(elementCount(shape), 1) };
  const [y] = evaluateGraph(graph, new Map([['x', x]])).values();
  return { shape: y!.type.shape, data: Array.from(y!.data as Float32Array) };
}

const full = (value: number): Made => ({
  op: '1.full',
  operands: [],
  attributes: {
    shape: { '#': '1.a_intarray', D: [1] },
    value: { '#': '0.a_f64', D: value },
    dtype: { '#': '1.a_dtype', D: 'float32' },
  },
});
const array = (...values: number[]): Made => ({
  op: '1.full_int_array',
  operands: [],
  attributes: { value: ints(...values), dtype: { '#': '1.a_dtype', D: 'int64' } },
  results: [I64(values.length)],
});

t.test('what PIR hands over as values: shapes, axes, scales, bounds', (t) => {
  const x = Array.from(lcgFloats(12, 1));
  t.strictSame(evaluate([2, 6], [array(3, -1), { op: '1.reshape_', operands: [1, 2] }]).shape, [3, 4]);
  const scaled = evaluate(
    [2, 6],
    [
      full(-2.5),
      {
        op: '1.scale',
        operands: [1, 2],
        attributes: { bias: { '#': '0.a_f32', D: 1 }, bias_after_scale: { '#': '0.a_bool', D: true } },
      },
    ],
  );
  t.strictSame(
    scaled.data,
    x.map((value) => Math.fround(value * -2.5 + 1)),
  );
  const clipped = evaluate([2, 6], [full(-0.25), full(0.5), { op: '1.clip', operands: [1, 2, 3] }]);
  t.strictSame(
    clipped.data,
    x.map((value) => Math.min(Math.max(value, -0.25), 0.5)),
  );
  const slice = { axes: ints(1), infer_flags: ints(1), decrease_axis: ints() };
  const sliced = evaluate([2, 6], [array(1), array(3), { op: '1.slice', operands: [1, 2, 3], attributes: slice }]);
  t.strictSame(sliced.data, [x[1], x[2], x[7], x[8]]);
  const mean = { op: '1.mean', operands: [1], attributes: { axis: ints(0), keepdim: { '#': '0.a_bool', D: true } } };
  t.strictSame(evaluate([2, 6], [mean]).shape, [1, 6]);
  t.end();
});

t.test('lists of values are combined and taken apart', (t) => {
  const list = { '#': '0.t_vec', D: [F32(1, 6), F32(1, 6)] };
  const axis = full(0);
  const made: Made[] = [
    { ...axis, attributes: { ...axis.attributes, dtype: { '#': '1.a_dtype', D: 'int32' } } },
    { op: '1.split_with_num', operands: [1, 2], attributes: { num: { '#': '0.a_i32', D: 2 } }, results: [list] },
    { op: '0.split', operands: [3], results: [F32(1, 6), F32(1, 6)] },
    { op: '0.combine', operands: [5, 4], results: [list] },
    { op: '1.concat', operands: [6, 2] },
  ];
  const x = Array.from(lcgFloats(12, 1));
  t.strictSame(evaluate([2, 6], made).data, [...x.slice(6), ...x.slice(0, 6)]);
  t.end();
});

t.test('unknown operations are listed by their PIR names; control flow and custom ops too', (t) => {
  t.throws(
    () =>
      evaluate(
        [1],
        [
          { op: '1.tril_triu', operands: [1] },
          { op: '3.mine', operands: [2] },
        ],
      ),
    {
      code: 'E_OP',
      message: /3\.mine × 1 \('3\.mine_3'\); tril_triu × 1 \('tril_triu_2'\)/,
    },
  );
  t.end();
});

t.test('an unknown operation of which only the second result is read is listed as any other', (t) => {
  const top = { op: '1.topk', operands: [1], results: [F32(2), F32(2)] };
  t.throws(() => evaluate([2], [top, { op: '1.relu', operands: [3] }]), { code: 'E_OP', message: /topk × 1/ });
  t.end();
});

t.test('names that every JavaScript object knows are names like others', (t) => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const attributes = Object.fromEntries([[name, { '#': '0.a_i32', D: 1 }]]);
    const mean = { axis: ints(0), keepdim: { '#': '0.a_bool', D: true }, ...attributes };
    t.strictSame(
      evaluate([2, 6], [{ op: '1.mean', operands: [1], attributes: mean }]).shape,
      [1, 6],
      `attribute ${name}`,
    );
    t.throws(
      () => evaluate([1], [{ op: `1.${name}`, operands: [1] }]),
      { code: 'E_OP', message: `${name.replace(/_$/, '')} × 1` },
      `op ${name}`,
    );
    const of = (element: string) => ({ '#': '0.t_dtensor', D: [{ '#': `0.${element}` }, [1], 'NCHW', [], 0] });
    const input = { '#': '1.data', A: [{ N: 'name', AT: { '#': '0.a_str', D: 'x' } }], O: [{ '%': 1, TT: of(name) }] };
    const fetch = { '#': '1.fetch', I: [{ '%': 1 }], A: [] };
    const json = { base_code: { magic: 'pir' }, program: { regions: [{ blocks: [{ ops: [input, fetch] }] }] } };
    const importing = () => importProgram('m', readProgram(Buffer.from(JSON.stringify(json))), new Map() as Parameters);
    t.throws(importing, { code: 'E_MODEL', message: /unsupported element type/ }, `element type ${name}`);
  }
  t.end();
});

t.test('2,000 damaged programs: an error of ours or a graph, at once', (t) => {
  const next = lcg(5);
  const random = (below: number) => Math.floor(((next() + 1) / 2) * below);
  let [imported, refused, slowest] = [0, 0, 0];
  for (let i = 0; i < 2000; i++) {
    let damaged = text;
    for (let cuts = 0; cuts <= random(2); cuts++) {
      const at = random(damaged.length);
      const digit = /\d/.exec(damaged.slice(at));
      const place = digit && random(3) > 0 ? at + digit.index : at;
      const instead = ['', '0', '-', '9999999999', 'null', '"', '[]', damaged.slice(at, at + 40)][random(8)]!;
      damaged = damaged.slice(0, place) + instead + damaged.slice(place + 1 + random(4));
    }
    const start = performance.now();
    try {
      const program = readProgram(Buffer.from(damaged));
      importProgram('damaged', program, splitParameters(program, parameterFile));
      imported++;
    } catch (error) {
      if (!(error instanceof EdgeDeployError) || error.code === 'E_INTERNAL') throw error;
      refused++;
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  t.ok(imported > 20 && refused > 1000, `${imported} imported, ${refused} refused`);
  t.ok(slowest < 2000, `the slowest took ${slowest.toFixed(0)} ms`);
  t.end();
});
