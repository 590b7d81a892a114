import type { PackageFile } from './files.js';
export async function iosFiles(_: unknown): Promise<PackageFile[]> {
  return [];
}
