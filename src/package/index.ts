/** Everything a program of somebody else needs to run a model: libraries, headers, the program file, an example. */
export { earlierPackage, sha256 } from './earlier.js';
export { headersFolder, PACKAGE_PLATFORMS, type PackageFile, type PackagePlatform } from './files.js';
export { ARCHES_OF, type PackageOptions, packageFiles } from './package.js';
export { writePackage } from './write.js';
