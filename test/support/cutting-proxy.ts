import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/** A TCP proxy on 127.0.0.1 that breaks a connection after so many bytes towards the server. */
export interface CuttingProxy {
  readonly port: number;
  /** Bytes that went towards the server since the last `after`. */
  readonly passed: number;
  /**
   * From now on: breaks every connection (`cut`) or keeps it open and passes nothing more (`stall`) once `bytes` have
   * gone to the server; Infinity mends it. The count starts anew.
   */
  after(bytes: number, how?: 'cut' | 'stall'): void;
  stop(): Promise<void>;
}

export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  let limit = Number.POSITIVE_INFINITY;
  let end: 'cut' | 'stall' = 'cut';
  let passed = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = dial(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      const other = socket === client ? upstream : client;
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk) => {
      const left = limit - passed;
      passed += Math.min(chunk.length, Math.max(0, left));
      if (chunk.length < left) {
        upstream.write(chunk);
      } else if (end === 'cut') {
        upstream.end(chunk.subarray(0, Math.max(0, left)));
        client.destroy();
      } else {
        client.pause();
        upstream.pause();
      }
    });
    upstream.on('data', (chunk) => client.write(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get passed() {
      return passed;
    },
    after: (bytes, how = 'cut') => {
      [limit, end, passed] = [bytes, how, 0];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
