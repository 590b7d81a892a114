import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { EdgeDeployError } from '../../base/errors.js';
import { PAGE_MARK } from '../../report/html/index.js';
import type { Context } from '../context.js';
import { writeWhole } from '../write-whole.js';

/**
 * Where `--html` writes; undefined stands for a file called like the model, which is not known yet. Throws E_USAGE for a
 * program file, and when the flag has swallowed the model: its file is optional, so `--html MODEL` names no model.
 */
export function pageFile(flag: unknown, model: string | undefined, isProgram: boolean): string | true {
  if (isProgram) {
    throw new EdgeDeployError('E_USAGE', '--html draws models, and this is a program file', {
      hint: 'Inspect the model that it was compiled from.',
    });
  }
  if (typeof flag !== 'string') return true;
  if (/\.html?$/i.test(flag)) return flag;
  throw new EdgeDeployError('E_USAGE', `--html ${flag}: a page's name ends in .html`, {
    hint:
      model === undefined
        ? `If that is the model, put it first: edge-deploy inspect ${flag} --html`
        : 'Name the file, for example: --html page.html',
  });
}

const MODEL_ENDING = /\.(pdmodel|json|onnx|nb)$/;

/** Writes the page whole or not at all. A file of that name is replaced only if it is such a page, too. */
export async function writePage(context: Context, file: string | true, model: string, page: string): Promise<void> {
  const path = file === true ? `${basename(resolve(model)).replace(MODEL_ENDING, '')}.html` : file;
  if (!(await isReplaceable(path))) {
    throw new EdgeDeployError('E_OUTPUT', `${path} exists and is not a page of edge-deploy inspect`, {
      hint: 'Name another file with --html FILE, or remove this one.',
    });
  }
  context.result({ page: path });
  if (context.dryRun) context.print(`\n${path} would be written`);
  else {
    await writeWhole(path, page, false);
    context.print(`\n${path}`);
  }
}

async function isReplaceable(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => error);
  if (file instanceof Error) return file.code === 'ENOENT';
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(PAGE_MARK.length) });
    return buffer.toString('latin1', 0, bytesRead) === PAGE_MARK;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
