/** A limit on single typed arrays of this process: what would be a giant allocation is a failure with a stack instead. */
const NAMES = [
  ...['Float32Array', 'Float64Array', 'Int8Array', 'Uint8Array', 'Int16Array', 'Uint16Array', 'Int32Array'],
  ...['Uint32Array', 'BigInt64Array'],
] as const;

type Constructor = { new (...args: unknown[]): object; readonly BYTES_PER_ELEMENT: number };

/** From now on, no typed array of more than `limit` bytes can be made. */
export function limitAllocations(limit: number): void {
  const globals = globalThis as unknown as Record<string, Constructor>;
  for (const name of NAMES) {
    const original = globals[name]!;
    const guarded: Constructor = new Proxy(original, {
      construct(target, args, newTarget) {
        const bytes = lengthOf(args[0]) * target.BYTES_PER_ELEMENT;
        if (bytes > limit) throw new RangeError(`a ${name} of ${bytes} bytes`);
        return Reflect.construct(target, args, newTarget === guarded ? target : newTarget) as object;
      },
    });
    globals[name] = guarded;
  }
}

/** Elements that the first argument of a constructor asks for; a view of a buffer asks for none. */
function lengthOf(argument: unknown): number {
  if (typeof argument === 'number') return argument;
  if (Array.isArray(argument) || ArrayBuffer.isView(argument)) return (argument as ArrayLike<unknown> & object).length;
  return 0;
}
