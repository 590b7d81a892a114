/** What a test asks of a shared object: how it is loaded, its names, what it needs and its code. Little-endian. */
export interface Elf {
  /** Of the processor: its ABI. */
  readonly flags: number;
  /** Bytes of every section that is loaded, by name. */
  readonly sections: ReadonlyMap<string, number>;
  readonly segments: readonly ElfSegment[];
  /** Entries of the dynamic section by tag: numbers, addresses or sizes. */
  readonly dynamic: ReadonlyMap<number, readonly number[]>;
  readonly needed: readonly string[];
  readonly soname: string | undefined;
  readonly symbols: readonly ElfSymbol[];
  /** The machine code and the address it is loaded to. */
  readonly code: { readonly address: number; readonly bytes: DataView };
  /** What stands in a section of the file. */
  contents(name: string): Uint8Array;
}

export interface ElfSegment {
  readonly type: number;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly address: number;
  /** In memory. */
  readonly bytes: number;
  readonly align: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  /** False for a symbol that another library must supply. */
  readonly defined: boolean;
}

/** Types of segments, and tags of the dynamic section. */
export const [PT_LOAD, PT_GNU_STACK, PT_GNU_RELRO] = [1, 0x6474e551, 0x6474e552];
export const [DT_NEEDED, DT_SONAME, DT_TEXTREL] = [1, 14, 22];

const ALLOCATED = 2;

export function readElf(file: Uint8Array): Elf {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const wide = view.getUint8(4) === 2;
  const half = (at: number) => view.getUint16(at, true);
  const word = (at: number) => view.getUint32(at, true);
  const address = (at: number) => (wide ? Number(view.getBigUint64(at, true)) : word(at));
  const text = (at: number) => new TextDecoder().decode(file.subarray(at, file.indexOf(0, at)));
  const [table, entry, count, names] = wide
    ? [address(40), half(58), half(60), half(62)]
    : [address(32), half(46), half(48), half(50)];
  const headers = Array.from({ length: count }, (_, i) => {
    const at = table + i * entry;
    const flags = wide ? address(at + 8) : word(at + 8);
    const [start, offset, size] = wide ? [16, 24, 32] : [12, 16, 20];
    return {
      name: word(at),
      flags,
      address: address(at + start),
      offset: address(at + offset),
      size: address(at + size),
    };
  });
  const strings = headers[names]!.offset;
  const named = headers.map((header) => ({ ...header, name: text(strings + header.name) }));
  const section = (name: string) => {
    const found = named.find((header) => header.name === name);
    if (!found) throw new Error(`no section ${name}`);
    return found;
  };
  const [symbols, symbolNames, code, entries] = [
    section('.dynsym'),
    section('.dynstr'),
    section('.text'),
    section('.dynamic'),
  ];
  const stride = wide ? 24 : 16;
  const dynamic = new Map<number, number[]>();
  for (let at = entries.offset; at < entries.offset + entries.size; at += wide ? 16 : 8) {
    dynamic.set(address(at), [...(dynamic.get(address(at)) ?? []), address(at + (wide ? 8 : 4))]);
  }
  const dynamicNames = (tag: number) => (dynamic.get(tag) ?? []).map((at) => text(symbolNames.offset + at));
  const [segments, segment, segmentCount] = wide
    ? [address(32), half(54), half(56)]
    : [address(28), half(42), half(44)];
  return {
    flags: word(wide ? 48 : 36),
    sections: new Map(named.filter(({ flags }) => flags & ALLOCATED).map(({ name, size }) => [name, size])),
    segments: Array.from({ length: segmentCount }, (_, i) => {
      const at = segments + i * segment;
      const [flags, start, size, align] = wide ? [4, 16, 40, 48] : [24, 8, 20, 28];
      return {
        type: word(at),
        writable: (word(at + flags) & 2) !== 0,
        executable: (word(at + flags) & 1) !== 0,
        address: address(at + start),
        bytes: address(at + size),
        align: address(at + align),
      };
    }),
    dynamic,
    needed: dynamicNames(DT_NEEDED),
    soname: dynamicNames(DT_SONAME)[0],
    symbols: Array.from({ length: symbols.size / stride - 1 }, (_, i) => {
      const at = symbols.offset + (i + 1) * stride;
      return {
        name: text(symbolNames.offset + word(at)),
        address: address(at + (wide ? 8 : 4)),
        bytes: address(at + (wide ? 16 : 8)),
        defined: half(at + (wide ? 6 : 14)) !== 0,
      };
    }),
    code: { address: code.address, bytes: new DataView(file.buffer, file.byteOffset + code.offset, code.size) },
    contents(name) {
      const { offset, size } = section(name);
      return file.subarray(offset, offset + size);
    },
  };
}
