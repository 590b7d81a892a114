/** Compilers as data, driven by npm packages alone: Zig through zig-build. */
export {
  type BuildOptions,
  type BuiltFile,
  buildProgram,
  buildRunner,
  type ProgramOptions,
} from './build.js';
export { buildLibrary, type LibraryOptions } from './library.js';
export { librarySources } from './sources.js';
export { ARCHES, type Arch, loadToolchain, PLATFORMS, type Platform } from './toolchain.js';
