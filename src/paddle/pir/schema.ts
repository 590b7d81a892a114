/**
 * The JSON of a Paddle 3 program (PIR): one region with one block of operations in static single assignment, whose values
 * are numbers. Fields this importer does not use are passed over.
 */
import { z } from 'zod';

const type = z.looseObject({ '#': z.string(), D: z.unknown().optional() });
const value = z.looseObject({ '%': z.int(), TT: type.optional() });
const attribute = z.looseObject({ '#': z.string(), D: z.unknown().optional(), VD: z.unknown().optional() });

const operation = z.looseObject({
  '#': z.string(),
  I: z.array(z.looseObject({ '%': z.int() })).optional(),
  O: z.union([value, z.array(value)]).optional(),
  /** Of a parameter: three flags and the name; of any other operation: named attributes. */
  A: z.array(z.unknown()).optional(),
  regions: z.array(z.unknown()).optional(),
});

const named = z.looseObject({ N: z.string(), AT: attribute });

const file = z.looseObject({
  base_code: z.looseObject({ magic: z.literal('pir') }),
  program: z.looseObject({
    regions: z.array(z.looseObject({ blocks: z.array(z.looseObject({ ops: z.array(operation) })).min(1) })).min(1),
  }),
});

export type PirOperation = z.infer<typeof operation>;
export type PirAttribute = z.infer<typeof attribute>;
export type PirType = z.infer<typeof type>;

/** Operations of the main block. Throws ZodError for JSON of another form. */
export function pirOperations(json: unknown): PirOperation[] {
  return file.parse(json).program.regions[0]!.blocks[0]!.ops;
}

/** Attributes by name. */
export function pirAttributes({ A = [] }: PirOperation): ReadonlyMap<string, PirAttribute> {
  return new Map(
    z
      .array(named)
      .parse(A)
      .map(({ N, AT }) => [N, AT]),
  );
}

const tensorType = z.tuple([type, z.array(z.int())], z.unknown());

/** Element type (`t_f32`) and dimensions (−1 is open) of a dense tensor; undefined for lists and others. */
export function pirTensor(of: PirType | undefined): { element: string; dims: number[] } | undefined {
  if (of?.['#'] !== '0.t_dtensor') return undefined;
  const [element, dims] = tensorType.parse(of.D);
  return { element: element['#'].replace(/^0\./, ''), dims };
}
