/** Chromium without a window, spoken to in its DevTools protocol over two pipes: messages end in a zero byte. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

type Json = Record<string, unknown>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params: Json;
  readonly result: Json;
  readonly error?: { readonly message: string };
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--hide-scrollbars',
  '--remote-debugging-pipe',
];

/** A call of the protocol that is not answered in this time has failed. */
const CALL_MS = 60_000;

export class Browser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #listener: (method: string, params: Json) => void = () => {};
  #calls = 0;

  private constructor(child: ChildProcess, profile: string) {
    this.#process = child;
    this.#profile = profile;
    let rest = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const messages = `${rest}${chunk}`.split('\0');
      rest = messages.pop()!;
      for (const text of messages) this.#receive(JSON.parse(text) as Message);
    });
  }

  static async start(): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), 'edge-deploy-browser-'));
    const child = spawn('chromium', [...FLAGS, `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const browser = new Browser(child, profile);
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return browser;
  }

  /** Opens a file in a tab of the given size; the promise ends when it has loaded. */
  async open(file: string, view: { width: number; height: number; dark?: boolean }): Promise<Page> {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page((method, params) => this.call(method, params, sessionId as string));
    const loaded = new Promise<void>((resolve) => {
      this.#listener = (method, params) => {
        page.notice(method, params);
        if (method === 'Page.loadEventFired') resolve();
      };
    });
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.call(`${domain}.enable`);
    const { width, height, dark = false } = view;
    await page.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    await page.call('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }],
    });
    await page.call('Page.navigate', { url: pathToFileURL(file).href });
    await loaded;
    return page;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  call(method: string, params: Json = {}, sessionId?: string): Promise<Json> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`chromium did not answer ${method}`)), CALL_MS);
      this.#waiting.set(id, ({ error, result }) => {
        clearTimeout(timer);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
      (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  #receive(message: Message): void {
    if (message.id === undefined) {
      this.#listener(message.method!, message.params);
      return;
    }
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }
}

/** An open tab: what a reader can do with it, and what it did unasked. */
export class Page {
  /** Errors and warnings of console, scripts and policies. */
  readonly complaints: string[] = [];
  /** Addresses it asked for. */
  readonly requests: string[] = [];
  readonly call: (method: string, params?: Json) => Promise<Json>;

  constructor(call: (method: string, params?: Json) => Promise<Json>) {
    this.call = call;
  }

  notice(method: string, params: Json): void {
    if (method === 'Network.requestWillBeSent') this.requests.push((params.request as { url: string }).url);
    if (
      [
        'Runtime.exceptionThrown',
        'Runtime.consoleAPICalled',
        'Log.entryAdded',
        'Page.javascriptDialogOpening',
      ].includes(method)
    )
      this.complaints.push(`${method} ${JSON.stringify(params)}`);
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  async click(x: number, y: number): Promise<void> {
    await this.#mouse('mouseMoved', x, y);
    await this.#mouse('mousePressed', x, y, { button: 'left', clickCount: 1 });
    await this.#mouse('mouseReleased', x, y, { button: 'left', clickCount: 1 });
  }

  async drag(from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    await this.#mouse('mousePressed', ...from, { button: 'left', clickCount: 1 });
    await this.#mouse('mouseMoved', (from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { button: 'left', buttons: 1 });
    await this.#mouse('mouseMoved', ...to, { button: 'left', buttons: 1 });
    await this.#mouse('mouseReleased', ...to, { button: 'left', clickCount: 1 });
  }

  async wheel(x: number, y: number, deltaY: number): Promise<void> {
    await this.#mouse('mouseWheel', x, y, { deltaX: 0, deltaY });
  }

  /** Types text where the focus is. */
  async type(text: string): Promise<void> {
    await this.call('Input.insertText', { text });
  }

  /** Presses a key by its name: `Enter`, `ArrowDown`, `/`. */
  async press(key: string): Promise<void> {
    const text = key.length === 1 ? key : key === 'Enter' ? '\r' : undefined;
    const codes: Readonly<Record<string, number>> = { Enter: 13, Escape: 27, Tab: 9, ArrowUp: 38, ArrowDown: 40 };
    const code = { key, windowsVirtualKeyCode: codes[key] };
    await this.call('Input.dispatchKeyEvent', { type: text === undefined ? 'rawKeyDown' : 'keyDown', text, ...code });
    await this.call('Input.dispatchKeyEvent', { type: 'keyUp', ...code });
  }

  /** A picture of what is seen, as PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.call('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data as string, 'base64');
  }

  async #mouse(type: string, x: number, y: number, rest: Json = {}): Promise<void> {
    await this.call('Input.dispatchMouseEvent', { type, x, y, ...rest });
  }
}
