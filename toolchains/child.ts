/**
 * Runs zig-build in a process of its own, because it takes the compiler from HOME: `child.js TARGETS-AS-JSON CWD`. The
 * compiler's messages go to stdout; the exit code is 1 when a build fails.
 */
import { build } from 'zig-build';

const [, , targets = '{}', cwd = '.'] = process.argv;
try {
  await build(JSON.parse(targets), cwd);
} catch {
  process.exitCode = 1;
}
