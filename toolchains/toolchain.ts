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
  /** A system whose C library Zig does not bring: `toolchains/sysroot` declares it, and stands in for bionic's libraries. */
  system: z.enum(['bionic', 'darwin']).optional(),
});

export type Toolchain = z.infer<typeof schema>;

/** Programs for boards and for this machine. */
export const ARCHES = ['armv7', 'armv8', 'host'] as const;
export type Arch = (typeof ARCHES)[number];

/** Libraries for programs of others, against the C library that those have. */
export const PLATFORMS = [
  'host',
  'linux-armv7',
  'linux-armv8',
  'android-armv7',
  'android-armv8',
  'ios',
  'ios-simulator',
] as const;
export type Platform = (typeof PLATFORMS)[number];

export function loadToolchain(name: Arch | Platform): Toolchain {
  return schema.parse(JSON.parse(readFileSync(join(packageRoot, 'toolchains', `${name}.json`), 'utf8')));
}
