import type { SFTPWrapper } from 'ssh2';

const CHUNK = 32 * 1024;
const IN_FLIGHT = 32;

/** Writes a file with many requests in flight, so that the round trip does not set the speed. */
export function writeParallel(
  sftp: SFTPWrapper,
  path: string,
  bytes: Uint8Array,
  onBytes: (sent: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    sftp.open(path, 'w', (openError, handle) => {
      if (openError) return reject(openError);
      let [next, done, failed] = [0, 0, false];
      const finish = (error?: Error | null) => {
        if (failed) return;
        failed = true;
        sftp.close(handle, (closeError) => (error || closeError ? reject(error ?? closeError) : resolve()));
      };
      const send = () => {
        if (failed || next >= bytes.length) return;
        const [start, end] = [next, Math.min(next + CHUNK, bytes.length)];
        next = end;
        sftp.write(
          handle,
          Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
          start,
          end - start,
          start,
          (error) => {
            if (error) return finish(error);
            done += end - start;
            try {
              onBytes(done);
            } catch (aborted) {
              return finish(aborted as Error);
            }
            if (done === bytes.length) finish();
            else send();
          },
        );
      };
      if (bytes.length === 0) finish();
      for (let i = 0; i < IN_FLIGHT; i++) send();
    });
  });
}

/** Reads a whole file; `onBytes` is called for every piece of it. */
export async function readWhole(sftp: SFTPWrapper, path: string, onBytes: () => void): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const stream = sftp.createReadStream(path);
  // Reading has ended when the file's handle is given back: a connection that is closed meanwhile is no error.
  stream.on('error', () => {});
  for await (const piece of stream) {
    onBytes();
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
}
