/** Everything a program of somebody else needs to run a model: libraries, headers, the program file, an example. */
export { isHeader, PACKAGE_PLATFORMS, type PackageFile, type PackagePlatform } from './files.js';
export { ARCHES_OF, type PackageArch, type PackageOptions, packageFiles } from './package.js';
export { assertReplaceable, sha256, writePackage } from './write.js';
