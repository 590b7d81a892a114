import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package-root.js';

const FOLDER = join(packageRoot, 'dist', 'src', 'report', 'html', 'page');

/** The modules of `page`, each after those it imports. */
const MODULES = ['data', 'elements', 'viewport', 'graph-view', 'histogram', 'detail', 'search', 'main'];

/**
 * The page's script: its compiled modules, joined in one function. What they import from one another is in scope, since
 * their top-level names differ; a module that imports anything else is refused.
 */
export function pageScript(): string {
  const parts = MODULES.map((name, index) => {
    const code = readFileSync(join(FOLDER, `${name}.js`), 'utf8');
    return code
      .replace(/^import .* from '\.\/([\w-]+)\.js';$/gm, (_, imported: string) => {
        if (MODULES.indexOf(imported) < index && MODULES.includes(imported)) return '';
        throw new Error(`page/${name}.ts imports ${imported}, which does not stand before it in MODULES`);
      })
      .replace(/^export \{\};$/gm, '')
      .replace(/^export (?=(?:class|const|function) )/gm, '');
  });
  const joined = parts.join('\n');
  const left = /^(?:import|export)\b.*/m.exec(joined);
  if (left) throw new Error(`the page's script cannot hold: ${left[0]}`);
  // No module writes it; were it ever in a string, the page would end there.
  if (/<\/script|<!--/i.test(joined)) throw new Error("the page's script would end its own element");
  return `(() => {\n'use strict';\n${joined.replace(/\n{2,}/g, '\n')}})();`;
}
