import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The pieces of a file of meta version 0: its topology, and its parameters, one behind the other. */
export function piecesOf(file: Uint8Array): { topology: Uint8Array; parameters: Uint8Array } {
  const end = 26 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(18, true));
  return { topology: file.subarray(26, end), parameters: file.subarray(end) };
}

/** The records of a list of parameters, by name. Each field is skipped by its size. */
export function recordsOf(parameters: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(parameters.buffer, parameters.byteOffset, parameters.byteLength);
  const long = (at: number) => Number(view.getBigUint64(at, true));
  const records = new Map<string, Uint8Array>();
  let at = 8;
  for (let count = long(0); count > 0; count--) {
    const start = at;
    const name = Buffer.from(parameters.subarray(at + 8, at + 8 + long(at))).toString();
    at += 8 + long(at); // the name
    at += 4 + 8 + 8; // versions and level, of an empty list of levels
    at += 4 + 4 + 8 + 8 * long(at + 8); // version, element type, dimensions
    at += 8 + long(at); // the data
    records.set(name, parameters.subarray(start, at));
  }
  return records;
}

/** A file of meta version 0 as Paddle-Lite before 2.3 would have written it. */
export function writeFolder(folder: string, file: Uint8Array, combined: boolean): string {
  const { topology, parameters } = piecesOf(file);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '__model__.nb'), topology);
  if (combined) writeFileSync(join(folder, 'param.nb'), parameters);
  else {
    for (const [name, record] of recordsOf(parameters)) {
      const path = join(folder, `${name}.nb`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, record);
    }
  }
  return folder;
}
