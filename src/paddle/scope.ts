import { EdgeDeployError } from '../base/errors.js';
import type { GraphBuilder } from '../ops/builder.js';
import { int8Weights } from './kernel-attribute.js';
import { type Program, toNumber, type Var } from './messages.js';
import type { Parameters } from './parameters.js';
import { findScales } from './scales.js';
import { integerConstant, notFiniteIn, weightConstant } from './weights.js';

/**
 * The variables of a program while it is imported. A Paddle program may write a variable twice (in-place ops); a graph
 * value is made once. The scope says which value a variable stands for at the moment.
 */
export class Scope {
  readonly builder: GraphBuilder;
  /** Made by Paddle 1.x, where some ops compute otherwise than since 2.0. Development builds say version 0: they count as new. */
  readonly legacy: boolean;
  readonly #parameters: Parameters;
  readonly #scales: ReturnType<typeof findScales>;
  readonly #int8Weights: ReadonlySet<string>;
  readonly #declared: ReadonlyMap<string, Var>;
  readonly #values = new Map<string, string>();
  /** Names of graph values that stand for variables. */
  readonly #taken = new Set<string>();
  readonly #notFinite = new Map<string, string>();
  /** Variables whose value is not known (see `forget`), and what it is called. */
  readonly #unknown = new Map<string, string>();

  constructor(builder: GraphBuilder, program: Program, parameters: Parameters) {
    this.builder = builder;
    const version = toNumber(program.version?.version ?? 0);
    this.legacy = version > 0 && version < 2_000_000;
    this.#parameters = parameters;
    this.#scales = findScales(program);
    this.#int8Weights = int8Weights(program);
    this.#declared = new Map(program.blocks[0]!.vars.map((variable) => [variable.name, variable]));
  }

  /** The value of a variable; a parameter enters the graph when it is first read. `reader` is for messages. */
  read(variable: string, reader: string): string {
    const value = this.#values.get(variable);
    if (value !== undefined) return value;
    const record = this.#parameters.get(variable);
    if (record === undefined) {
      throw new EdgeDeployError('E_MODEL', `${reader} reads '${variable}', which no op before it has written`, {
        hint: 'The ops of the program are cyclic or out of order: export the model again.',
      });
    }
    const constant =
      integerConstant(record, this.#int8Weights.has(variable)) ??
      weightConstant(variable, record, this.#scales.get(variable));
    const problem = notFiniteIn(constant);
    if (problem !== undefined) this.#notFinite.set(variable, problem);
    const name = this.builder.constant(this.nameFor(variable), constant);
    this.#values.set(variable, name);
    return name;
  }

  write(variable: string, value: string): void {
    this.#values.set(variable, value);
    this.#unknown.delete(variable);
  }

  /** Whether `read` would find a value. */
  has(variable: string): boolean {
    return !this.#unknown.has(variable) && (this.#values.has(variable) || this.#parameters.has(variable));
  }

  /** From here on the variable holds something that is not in the graph; returns a name for it. */
  forget(variable: string): string {
    this.#values.delete(variable);
    const name = this.nameFor(variable);
    this.#unknown.set(variable, name);
    return name;
  }

  /** The name of what a forgotten variable holds; undefined for all others. */
  unknown(variable: string): string | undefined {
    return this.#unknown.get(variable);
  }

  /** A name for a value of this variable: the variable's own the first time. */
  nameFor(variable: string): string {
    if (this.#taken.has(variable)) return this.builder.fresh(variable);
    this.#taken.add(variable);
    return variable;
  }

  /** Element type (a VarKind) and dimensions (−1 unknown) the program declares. */
  declared(variable: string): { dataType: number; dims: number[] } | undefined {
    const tensor = this.#declared.get(variable)?.type?.lod_tensor?.tensor;
    return tensor ? { dataType: tensor.data_type, dims: tensor.dims.map(toNumber) } : undefined;
  }

  declaredRank(variable: string): number | undefined {
    return this.declared(variable)?.dims.length;
  }

  /**
   * Throws E_WEIGHTS with every parameter read that holds NaN or infinity, how many and where, if there is one. No
   * precision takes such a model: in fp32, too, what it computes is NaN.
   */
  assertFiniteWeights(): void {
    if (this.#notFinite.size === 0) return;
    const list = [...this.#notFinite].map(([name, problem]) => `'${name}' ${problem}`);
    throw new EdgeDeployError('E_WEIGHTS', `there are weights that hold NaN or infinity: ${list.join('; ')}`, {
      hint: 'Training diverged or the file is damaged; such a model computes nothing of use.',
      details: { parameters: [...this.#notFinite.keys()] },
    });
  }
}
