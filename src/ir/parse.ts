import { EdgeDeployError } from '../base/errors.js';
import {
  ACTIVATION_KINDS,
  type ActivationKind,
  type AttributeValue,
  type Graph,
  type Node,
  type Stage,
} from './graph.js';
import { allocate, BYTES_PER_ELEMENT, type Constant, type Data, type DType, type TensorType } from './tensor.js';
import { verify } from './verify.js';

/**
 * Reads the text form of `printGraph`. Constants whose values were left out are taken from `elided`. Throws E_USAGE with
 * the number of the line that cannot be read, E_INTERNAL for a graph that is none.
 */
export function parseGraph(text: string, elided: ReadonlyMap<string, Constant> = new Map()): Graph {
  const draft = {
    ...{ name: '', stage: 'imported' as Stage, inputs: [] as string[], outputs: [] as string[], nodes: [] as Node[] },
    ...{ types: new Map<string, TensorType>(), constants: new Map<string, Constant>() },
  };
  text.split('\n').forEach((line, i) => {
    if (line.startsWith('#')) return;
    const reader = new LineReader(line, i + 1);
    if (reader.done) return;
    const define = () => {
      const name = reader.name();
      draft.types.set(name, reader.type());
      return name;
    };
    const keyword = reader.keyword(['graph', 'input', 'constant', 'output']);
    if (keyword === 'graph') {
      draft.name = reader.name();
      draft.stage = reader.oneOf(['imported', 'quantized', 'optimized']);
    } else if (keyword === 'input') draft.inputs.push(define());
    else if (keyword === 'output') draft.outputs.push(reader.name());
    else if (keyword === 'constant') {
      const name = define();
      draft.constants.set(name, readConstant(reader, draft.types.get(name)!, elided.get(name)));
    } else draft.nodes.push(readNode(reader, define));
    reader.end();
  });
  verify(draft);
  return draft;
}

function readConstant(reader: LineReader, type: TensorType, known: Constant | undefined): Constant {
  let quantization: Constant['quantization'];
  if (reader.keyword(['bits'])) {
    const bits = Number(reader.oneOf(['8', '16'])) as 8 | 16;
    reader.expect('axis');
    const axis = reader.number();
    reader.expect('scales');
    quantization = { bits, axis, scales: Float32Array.from(reader.list(), Number) };
  }
  reader.expect('=');
  const data = reader.keyword(['elided']) ? known?.data : filled(type, reader.list());
  if (!data) throw reader.error('the values of this constant were left out, and none were given');
  return quantization ? { type, data, quantization } : { type, data };
}

function filled(type: TensorType, values: readonly string[]): Data {
  const data = allocate({ ...type, shape: [values.length] });
  if (data instanceof BigInt64Array) data.set(values.map(BigInt));
  else data.set(values.map(Number));
  return data;
}

function readNode(reader: LineReader, define: () => string): Node {
  const outputs = [define()];
  while (reader.accept(',')) outputs.push(define());
  reader.expect('=');
  const op = reader.name();
  const name = reader.accept('(') ? outputs[0]! : reader.name();
  if (name !== outputs[0]) reader.expect('(');
  const inputs: string[] = [];
  while (!reader.accept(')')) {
    inputs.push(reader.accept('-') ? '' : reader.name());
    if (!reader.accept(',')) {
      reader.expect(')');
      break;
    }
  }
  const attributes: Record<string, AttributeValue> = {};
  if (reader.accept('{')) {
    do {
      const key = reader.name();
      reader.expect(':');
      attributes[key] = reader.attribute();
    } while (reader.accept(','));
    reader.expect('}');
  }
  return { name, op, inputs, outputs, attributes };
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[()[\]{},:=]|[^\s()[\]{},:="]+)/y;

/** The tokens of one line: quoted strings, punctuation, words. */
class LineReader {
  readonly #tokens: readonly string[];
  readonly #line: number;
  #at = 0;

  constructor(text: string, line: number) {
    this.#line = line;
    this.#tokens = this.#split(text.trim());
  }

  #split(text: string): string[] {
    const tokens: string[] = [];
    const pattern = new RegExp(TOKEN);
    while (pattern.lastIndex < text.length) {
      const at = pattern.lastIndex;
      const match = pattern.exec(text);
      if (!match) throw this.error(`'${text.slice(at)}' cannot be read`);
      tokens.push(match[1]!);
    }
    return tokens;
  }

  get done(): boolean {
    return this.#at === this.#tokens.length;
  }

  error(message: string): EdgeDeployError {
    return new EdgeDeployError('E_USAGE', `line ${this.#line} of the graph: ${message}`);
  }

  accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) throw this.error(`'${token}' expected, not '${this.#tokens[this.#at] ?? 'the end'}'`);
  }

  /** The keyword that stands here, if one does. */
  keyword<K extends string>(words: readonly K[]): K | undefined {
    return words.find((word) => this.accept(word));
  }

  oneOf<K extends string>(words: readonly K[]): K {
    const found = this.keyword(words);
    if (found !== undefined) return found;
    throw this.error(`one of ${words.join(', ')} expected, not '${this.#tokens[this.#at] ?? 'the end'}'`);
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.error('it ends too early');
    return token;
  }

  name(): string {
    const token = this.#next();
    return token.startsWith('"') ? (JSON.parse(token) as string) : token;
  }

  number(): number {
    const token = this.#next();
    const value = Number(token);
    if (Number.isNaN(value) && token !== 'NaN') throw this.error(`'${token}' is no number`);
    return value;
  }

  list(): string[] {
    const values: string[] = [];
    this.expect('[');
    while (!this.accept(']')) {
      values.push(this.#next());
      if (!this.accept(',')) {
        this.expect(']');
        break;
      }
    }
    return values;
  }

  type(): TensorType {
    const dtype = this.oneOf(Object.keys(BYTES_PER_ELEMENT) as DType[]);
    const shape = this.list().map(Number);
    if (!shape.every((size) => Number.isInteger(size) && size >= 0)) throw this.error(`[${shape}] is no shape`);
    return { dtype, shape };
  }

  attribute(): AttributeValue {
    const token = this.#tokens[this.#at] ?? '';
    if (token === '[') return this.list().map(Number);
    if (token.startsWith('"')) return this.name();
    if (this.accept('true')) return true;
    if (this.accept('false')) return false;
    const kind = this.keyword<ActivationKind>(ACTIVATION_KINDS);
    if (kind === undefined) return this.number();
    const [a, b, c] = ['(', ',', ','].map((before) => {
      this.expect(before);
      return this.number();
    }) as [number, number, number];
    this.expect(')');
    return { kind, a, b, c };
  }

  end(): void {
    if (!this.done) throw this.error(`'${this.#tokens[this.#at]}' is too much`);
  }
}
