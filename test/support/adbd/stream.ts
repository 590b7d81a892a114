import { MAX_DATA } from './packets.js';

type Send = (command: 'OKAY' | 'WRTE' | 'CLSE', data?: Uint8Array) => void;

/** The device's end of one stream of the transport: a service reads and writes it. */
export class Stream {
  readonly #send: Send;
  #received: Buffer = Buffer.alloc(0);
  #unacknowledged = false;
  #closed = false;
  #wake = () => {};
  #taken = () => {};
  /** Called once, when either end has closed the stream. */
  onEnd = (): void => {};

  constructor(send: Send) {
    this.#send = send;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Exactly so many bytes; undefined once the stream has ended. The other end sends more only when asked to. */
  async read(length: number): Promise<Buffer | undefined> {
    while (!this.#closed && this.#received.length < length) {
      if (this.#unacknowledged) this.#send('OKAY');
      this.#unacknowledged = false;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#closed) return undefined;
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }

  /** Resolves when the other end has taken the data, or has closed the stream. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#closed; at += MAX_DATA) {
      const taken = new Promise<void>((resolve) => {
        this.#taken = resolve;
      });
      this.#send('WRTE', bytes.subarray(at, at + MAX_DATA));
      await taken;
    }
  }

  close(): void {
    if (!this.#closed) this.#send('CLSE');
    this.end();
  }

  /** For the transport: the other end sent data. */
  push(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    this.#unacknowledged = true;
    this.#wake();
  }

  /** For the transport: the other end took what was written. */
  acknowledge(): void {
    this.#taken();
  }

  /** For the transport: the other end, or the connection, is gone. */
  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake();
    this.#taken();
    this.onEnd();
  }
}
