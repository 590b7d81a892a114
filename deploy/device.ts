import type { OnProgress } from '../src/base/events.js';

/**
 * A board, or something that stands in for one: five verbs. `deploy/` does not know what a model is: it takes named
 * bytes and an argument list and returns what the program printed. Every failure is an EdgeDeployError whose code says
 * which of the board's troubles it was (`deploy/failures.ts`).
 */
export interface Device {
  readonly name: string;
  /** Facts about the board; asking leaves no trace there. */
  info(): Promise<DeviceInfo>;
  /**
   * Makes the folder, and each file present in it under its content hash; sends only what is missing, to a temporary name that
   * is verified and renamed. Interrupted at any byte it leaves nothing that looks whole, and a second call completes it.
   */
  put(files: readonly FileToPut[], options?: TransferOptions): Promise<PutResult>;
  /** Runs a program that was put, and ends it at an abort or too long a silence; file arguments are paths of PutResult. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Reads a file that a run wrote. Throws E_RUN where there is none. */
  get(remotePath: string, options?: TransferOptions): Promise<Uint8Array>;
  /** Removes files that a run wrote, or the tool's whole folder; missing ones are no error. */
  remove(remotePaths: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface DeviceInfo {
  readonly transport: 'host' | 'qemu' | 'ssh' | 'adb';
  /** `uname -m` or its equivalent, and our name for it. */
  readonly machine: string;
  readonly architecture: 'arm' | 'aarch64' | 'x86_64' | 'unknown';
  readonly cpu: string;
  /** Feature words of /proc/cpuinfo (or of the emulated model). */
  readonly features: readonly string[];
  readonly cores: number;
  readonly kernel: string;
  readonly memoryBytes?: number;
  readonly governor?: string;
  readonly frequencyHz?: number;
  readonly temperatureCelsius?: number;
  /** Free bytes where the tool's folder is, or will be. */
  readonly freeBytes?: number;
  /** The tool's own folder; nothing outside it is touched. */
  readonly folder: string;
}

export interface FileToPut {
  /** For messages and the file's suffix on the device: `runner`, `mobilenet.edp`, `input-0.bin`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly executable?: boolean;
}

export interface PutResult {
  /** Remote path of each file, by name. */
  readonly paths: ReadonlyMap<string, string>;
  readonly sent: readonly { readonly name: string; readonly bytes: number }[];
  readonly bytesSent: number;
  readonly bytesPresent: number;
}

export interface OpenOptions {
  /** Ends whatever the device is doing, and its connection. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which a device that gives no sign of life is given up; one minute. A run may ask for others. */
  readonly silenceMs?: number;
}

export interface TransferOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface RunOptions {
  /** Give up after this many milliseconds without output. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Emulated devices: path of the plugin that counts guest instructions between the runner's markers. */
  readonly counter?: string;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Guest instructions counted, where a counter was asked for. */
  readonly instructions?: number;
}
