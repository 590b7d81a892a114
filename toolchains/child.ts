/**
 * Runs zig-build in a process of its own, because it takes the compiler from HOME: `child.js TARGETS-AS-JSON CWD`. As many
 * targets at once as there are processors. The compiler's messages go to stdout; the exit code is 1 when a build fails.
 */
import { availableParallelism } from 'node:os';
import { build } from 'zig-build';

const [, , targets = '{}', cwd = '.'] = process.argv;
const open = Object.entries(JSON.parse(targets) as Parameters<typeof build>[0]);
try {
  while (open.length > 0) await build(Object.fromEntries(open.splice(0, availableParallelism())), cwd);
} catch {
  process.exitCode = 1;
}
