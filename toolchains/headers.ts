import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * The files that C or C++ sources include, and what those include, as far as they stand beside them or in `folders` (-I);
 * the system's are the compiler's. Conditions are not evaluated: a header that is switched off counts too.
 */
export function headersOf(sources: readonly string[], folders: readonly string[]): string[] {
  const found = new Set<string>();
  const open = [...sources];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const text = readFileSync(file, 'latin1');
    for (const [, name] of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+)[">]/gm)) {
      const header = [dirname(file), ...folders].map((folder) => resolve(folder, name!)).find(isFile);
      if (header === undefined || found.has(header)) continue;
      found.add(header);
      open.push(header);
    }
  }
  return [...found].toSorted();
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
