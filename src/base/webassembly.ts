import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeDeployError } from './errors.js';
import { packageRoot } from './package-root.js';

/** The functions of dist/kernels/NAME.wasm, which `npm run build` compiles. Throws E_TOOLCHAIN when that was not done. */
export function loadWebAssembly(name: string): WebAssembly.Exports {
  let code: Uint8Array<ArrayBuffer>;
  try {
    code = readFileSync(join(packageRoot, 'dist', 'kernels', `${name}.wasm`));
  } catch (cause) {
    throw new EdgeDeployError('E_TOOLCHAIN', `edge-deploy is not built: ${name}.wasm cannot be read`, {
      hint: 'Run: npm run build',
      cause,
    });
  }
  return new WebAssembly.Instance(new WebAssembly.Module(code)).exports;
}
