import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../src/base/package-root.js';

/** A toolchain as data: what Zig is told. `toolchains/<name>.json`. */
const schema = z.strictObject({
  description: z.string(),
  /** Zig target triple. */
  target: z.string(),
  /** Zig CPU name: the oldest CPU the code must run on, and the one it is scheduled for. */
  cpu: z.string(),
  cflags: z.array(z.string()),
  libraries: z.array(z.string()).optional(),
});

export type Toolchain = z.infer<typeof schema>;

export const ARCHES = ['armv7', 'armv8', 'host'] as const;
export type Arch = (typeof ARCHES)[number];

export function loadToolchain(arch: Arch): Toolchain {
  return schema.parse(JSON.parse(readFileSync(join(packageRoot, 'toolchains', `${arch}.json`), 'utf8')));
}
