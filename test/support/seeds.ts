import { importProgram, type Parameters, type Program, readProgram, splitParameters } from '../../src/paddle/index.js';
import { opCases } from './golden-ops.js';

/** A small program of Paddle's, read. */
export interface Seed {
  readonly name: string;
  readonly program: Program;
  readonly parameters: Parameters;
  readonly programBytes: Uint8Array;
  readonly parameterBytes: Uint8Array;
}

/** Every `nth` of the small programs that Paddle made for single ops. */
export function smallSeeds(nth: number): Seed[] {
  return opCases()
    .filter((_, i) => i % nth === 0)
    .map((one) => {
      // Views must not reach beyond the file, so that a read behind its end shows.
      const [programBytes, parameterBytes] = [new Uint8Array(one.program), new Uint8Array(one.parameters)];
      const program = readProgram(programBytes);
      const parameters = splitParameters(program, parameterBytes);
      return { name: one.name, program, parameters, programBytes, parameterBytes };
    })
    .filter(({ parameterBytes, programBytes }) => parameterBytes.length + programBytes.length < 8000);
}

export function importIt(program: Program, parameters: Parameters) {
  return importProgram('damaged', program, parameters);
}
