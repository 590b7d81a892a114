import { z } from 'zod';

/** A board as data: everything the rest of the house may know about it. `targets/<name>.json` and users' own files. */
const board = {
  description: z.string().optional(),
  /** Toolchain (`toolchains/<name>.json`) that builds for it; host for this machine, armv8 for a board that says nothing. */
  arch: z.enum(['armv7', 'armv8', 'host']).optional(),
  /** The best path its CPU runs; programs are packed for it. */
  path: z.enum(['ref', 'neon', 'dotprod', 'i8mm']).optional(),
  /** Bytes of L2 cache one core can count on; block sizes follow from it. */
  l2: z.number().int().positive().optional(),
  tags: z.array(z.string()).optional(),
  /** Folder on the device; the default depends on the transport. */
  dir: z.string().optional(),
} as const;

export const targetSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('host'), ...board }),
  z.strictObject({
    type: z.literal('qemu'),
    ...board,
    arch: board.arch.unwrap(),
    cpu: z.string().min(1),
    metric: z.enum(['instructions', 'time']).optional(),
  }),
  z.strictObject({
    type: z.literal('ssh'),
    ...board,
    host: z.string().min(1),
    user: z.string().optional(),
    port: z.number().int().min(1).max(65535).optional(),
    key: z.string().optional(),
    knownHosts: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('adb'),
    ...board,
    serial: z.string().optional(),
  }),
]);

export type TargetSpec = z.infer<typeof targetSchema>;
export type Target = TargetSpec & { readonly name: string; readonly arch: 'armv7' | 'armv8' | 'host' };

/** A board with its name and everything that has a default. */
export function targetOf(name: string, spec: TargetSpec): Target {
  return { ...spec, arch: spec.arch ?? (spec.type === 'host' ? 'host' : 'armv8'), name };
}
