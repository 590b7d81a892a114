/** The page that `inspect --html` writes: one file, which asks nothing of the network. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Inspection } from '../../inspection/index.js';
import { escapeHtml, escapeJson } from './escape.js';
import { bodyMarkup } from './markup.js';
import { pageData } from './page-data.js';
import { pageScript } from './script.js';
import { PAGE_STYLES } from './styles.js';

/** What every page of ours begins with, and no other file. */
export const PAGE_MARK = '<!doctype html>\n<!-- made by edge-deploy inspect -->\n';

export interface InspectedModel {
  readonly path: string;
  /** Size of program and parameters as they came. */
  readonly bytes: number;
  readonly inspection: Inspection;
}

/** Renders the page. Its content security policy allows its own style and script, by their hash, and nothing else. */
export function renderInspectionPage(model: InspectedModel): string {
  const [script, data] = [pageScript(), pageData(model.inspection)];
  const policy = `default-src 'none'; style-src '${hashOf(PAGE_STYLES)}'; script-src '${hashOf(script)}'`;
  const scripts = `<script type="application/json" id="data">${escapeJson(data)}</script>\n<script>${script}</script>`;
  return `${PAGE_MARK}<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(basename(model.path))}</title>
<style>${PAGE_STYLES}</style>
</head>
${bodyMarkup(model, data, scripts)}
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
