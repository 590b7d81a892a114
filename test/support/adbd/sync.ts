import { type FileHandle, lstat, open, readFile, rm, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import type { Stream } from './stream.js';

/** Asked for every piece of a file that is sent; resolves when it may be written, or with the device's complaint. */
export type MayWrite = (bytes: number) => Promise<string | undefined>;

/**
 * The `sync:` service: requests of a four-letter name and a length, until QUIT. A request it does not know ends the
 * stream, as in adbd.
 */
export async function serveSync(stream: Stream, mayWrite: MayWrite): Promise<void> {
  for (;;) {
    const header = await stream.read(8);
    const request = header?.toString('latin1', 0, 4);
    if (!header || request === 'QUIT') break;
    const path = (await stream.read(header.readUInt32LE(4)))?.toString();
    if (path === undefined) break;
    if (request === 'STA2' || request === 'LST2') await stream.write(await statV2(request, path));
    else if (request === 'SEND') await receiveFile(stream, path, mayWrite);
    else if (request === 'RECV') await sendFile(stream, path);
    else break;
  }
  stream.close();
}

function message(name: string, value: number, data = ''): Buffer {
  const bytes = Buffer.alloc(8 + data.length);
  bytes.write(name, 'latin1');
  bytes.writeUInt32LE(value, 4);
  bytes.write(data, 8, 'latin1');
  return bytes;
}

function failure(text: string): Buffer {
  return message('FAIL', text.length, text);
}

/** 72 bytes: name, errno, dev, ino, mode, nlink, uid, gid, size, and three times. */
async function statV2(request: string, path: string): Promise<Buffer> {
  const answer = Buffer.alloc(72);
  answer.write(request, 'latin1');
  try {
    const facts = await (request === 'STA2' ? stat(path) : lstat(path));
    answer.writeUInt32LE(facts.mode, 24);
    answer.writeUInt32LE(facts.nlink, 28);
    answer.writeBigUInt64LE(BigInt(facts.size), 40);
    answer.writeBigInt64LE(BigInt(Math.floor(facts.mtimeMs / 1000)), 56);
  } catch (error) {
    answer.writeUInt32LE(constants.errno[(error as { code: keyof typeof constants.errno }).code], 4);
  }
  return answer;
}

/** SEND: `path,mode`, then DATA packets and DONE. After a failure the rest is read and thrown away, as adbd does. */
async function receiveFile(stream: Stream, pathAndMode: string, mayWrite: MayWrite): Promise<void> {
  const path = pathAndMode.slice(0, pathAndMode.lastIndexOf(','));
  let file: FileHandle | undefined;
  let refused: string | undefined;
  try {
    file = await open(path, 'w');
  } catch (error) {
    refused = (error as Error).message;
    await stream.write(failure(refused));
  }
  for (;;) {
    const header = await stream.read(8);
    if (!header || header.toString('latin1', 0, 4) === 'DONE') {
      await file?.close();
      if (header && refused === undefined) await stream.write(message('OKAY', 0));
      return;
    }
    for (let left = header.readUInt32LE(4); left > 0; ) {
      // Small pieces, so that a fault can strike anywhere in a file.
      const data = await stream.read(Math.min(left, 4096));
      if (!data) break;
      left -= data.length;
      const complaint = refused ?? (await mayWrite(data.length));
      // A device that loses its connection keeps what it has written.
      if (stream.closed) break;
      if (complaint === undefined) await file?.write(data);
      else if (refused === undefined) {
        refused = complaint;
        await rm(path, { force: true });
        await stream.write(failure(complaint));
      }
    }
  }
}

async function sendFile(stream: Stream, path: string): Promise<void> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return stream.write(failure(`open failed: ${(error as Error).message}`));
  }
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    await stream.write(Buffer.concat([message('DATA', piece.length), piece]));
  }
  await stream.write(message('DONE', 0));
}
