/** Compilers as data, driven by npm packages alone: Zig through zig-build. */
export {
  type BuildOptions,
  type BuiltProgram,
  buildProgram,
  buildRunner,
  librarySources,
  type ProgramOptions,
} from './build.js';
export { ARCHES, type Arch, loadToolchain } from './toolchain.js';
