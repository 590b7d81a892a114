/** `npm run generate`: rewrites the one generated file of the repository from the step ledger. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package-root.js';
import { generateHeader } from './header.js';

writeFileSync(join(packageRoot, 'kernels', 'core', 'program.h'), generateHeader());
