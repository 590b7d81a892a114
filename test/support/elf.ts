/** What a test asks of a shared object: its sections, its dynamic symbols and the bytes of its code. Little-endian. */
export interface Elf {
  /** Bytes of every section that is loaded, by name. */
  readonly sections: ReadonlyMap<string, number>;
  readonly symbols: readonly ElfSymbol[];
  /** The machine code and the address it is loaded to. */
  readonly code: { readonly address: number; readonly bytes: DataView };
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  /** False for a symbol that another library must supply. */
  readonly defined: boolean;
}

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
  const [symbols, symbolNames, code] = [section('.dynsym'), section('.dynstr'), section('.text')];
  const stride = wide ? 24 : 16;
  return {
    sections: new Map(named.filter(({ flags }) => flags & ALLOCATED).map(({ name, size }) => [name, size])),
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
  };
}
