import type { PackageFile } from './files.js';
export async function androidFiles(_: unknown): Promise<PackageFile[]> {
  return [];
}
