/**
 * Protocol buffer messages by their `.proto` text. Bytes are read and written by protobufjs; its reflection and code
 * generation would take longer to load than a command takes to run. The text may hold what our two schemas hold: messages
 * of optional and repeated fields, scalars, defaults.
 */
import protobuf from 'protobufjs/minimal.js';

type Message = Record<string, unknown>;

/** Scalar types are the names of the methods of protobufjs's Reader and Writer, with their wire types. */
const WIRE_TYPES = {
  int32: 0,
  int64: 0,
  uint64: 0,
  bool: 0,
  double: 1,
  string: 2,
  bytes: 2,
  float: 5,
} as const;
type Scalar = keyof typeof WIRE_TYPES;

const LENGTH_DELIMITED = 2;

interface Field {
  readonly id: number;
  readonly name: string;
  readonly type: Scalar | MessageType;
  readonly repeated: boolean;
}

/** Bytes that are not the message they should be, and where that was seen. */
export class DamagedMessage extends Error {
  readonly position: number;

  constructor(message: string, position: number, options: ErrorOptions) {
    super(message, options);
    this.position = position;
  }
}

/**
 * A message type. Decoded messages hold what was there; fields that were absent read as their defaults (empty list, '', 0,
 * false, null for a message), yet stay absent when the message is encoded again. Fields that the type does not know are
 * kept, behind the known ones.
 */
export class MessageType {
  readonly name: string;
  readonly #fields = new Map<number, Field>();
  /** Prototype of the messages. */
  readonly #defaults: Message = {};
  readonly #lists: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  addField(field: Field, written: string | undefined): void {
    this.#fields.set(field.id, field);
    if (field.repeated) this.#lists.push(field.name);
    else this.#defaults[field.name] = defaultOf(field.type, written);
  }

  /** Throws a DamagedMessage when the bytes are no such message. Bytes in it are views. */
  decode(bytes: Uint8Array): unknown {
    const reader = protobuf.Reader.create(bytes);
    try {
      return this.#decode(reader, reader.len, undefined);
    } catch (cause) {
      throw new DamagedMessage(cause instanceof Error ? cause.message : String(cause), reader.pos, { cause });
    }
  }

  /** Fields in the order of their numbers; repeated numbers are written one tag each. */
  encode(message: object): Uint8Array {
    const writer = protobuf.Writer.create();
    this.#encode(writer, message as Message);
    return writer.finish();
  }

  /** `known`: an earlier part of the same message, which this one is merged into. */
  #decode(reader: protobuf.Reader, end: number, known: Message | undefined): Message {
    const message = known ?? this.#create();
    const outerEnd = reader.len;
    if (end > outerEnd) throw new RangeError('index out of range');
    reader.len = end;
    while (reader.pos < end) {
      const start = reader.pos;
      const tag = reader.tag();
      const wireType = tag & 7;
      const field = this.#fields.get(tag >>> 3);
      if (field === undefined || !decodeField(reader, message, field, wireType)) {
        reader.skipType(wireType, 0, tag >>> 3);
        keepUnknown(message, reader.raw(start, reader.pos));
      }
    }
    if (reader.pos !== end) throw new RangeError('index out of range');
    reader.len = outerEnd;
    return message;
  }

  /** Lists may be added to, so each message has its own. */
  #create(): Message {
    const message: Message = Object.create(this.#defaults);
    for (const name of this.#lists) message[name] = [];
    return message;
  }

  /** A message that is a field: its length, and its fields. */
  decodeDelimited(reader: protobuf.Reader, known: Message | undefined): Message {
    const length = reader.size();
    return this.#decode(reader, reader.pos + length, known);
  }

  #encode(writer: protobuf.Writer, message: Message): void {
    for (const { id, name, type, repeated } of this.#fields.values()) {
      const value = Object.hasOwn(message, name) ? message[name] : undefined;
      if (value === undefined || value === null) continue;
      const tag = (id << 3) | wireTypeOf(type);
      const encode =
        type instanceof MessageType
          ? (one: unknown) => type.encodeDelimited(writer.uint32(tag), one as Message)
          : (one: unknown) => (writer.uint32(tag) as unknown as Record<Scalar, (value: unknown) => void>)[type](one);
      if (repeated) for (const one of value as unknown[]) encode(one);
      else encode(value);
    }
    for (const bytes of unknownFields.get(message) ?? []) writer.raw(bytes);
  }

  encodeDelimited(writer: protobuf.Writer, message: Message): void {
    writer.fork();
    this.#encode(writer, message);
    writer.ldelim();
  }
}

const unknownFields = new WeakMap<Message, Uint8Array[]>();

function keepUnknown(message: Message, field: Uint8Array): void {
  const known = unknownFields.get(message);
  if (known) known.push(field);
  else unknownFields.set(message, [field]);
}

/** False when the field has another wire type than its own: it is an unknown one then. */
function decodeField(reader: protobuf.Reader, message: Message, field: Field, wireType: number): boolean {
  const { name, type, repeated } = field;
  const isMessage = type instanceof MessageType;
  const ownType = wireTypeOf(type);
  const isPacked = repeated && wireType === LENGTH_DELIMITED && ownType !== LENGTH_DELIMITED;
  if (wireType !== ownType && !isPacked) return false;
  if (!repeated) {
    const known = isMessage && Object.hasOwn(message, name) ? message[name] : undefined;
    message[name] = isMessage ? type.decodeDelimited(reader, known as Message | undefined) : reader[type]();
    return true;
  }
  const values = message[name] as unknown[];
  if (isMessage) values.push(type.decodeDelimited(reader, undefined));
  else if (!isPacked) values.push(reader[type]());
  else {
    const length = reader.size();
    const end = reader.pos + length;
    if (end > reader.len) throw new RangeError('index out of range');
    while (reader.pos < end) values.push(reader[type]());
    if (reader.pos !== end) throw new RangeError('index out of range');
  }
  return true;
}

function wireTypeOf(type: Scalar | MessageType): number {
  return type instanceof MessageType ? LENGTH_DELIMITED : WIRE_TYPES[type];
}

function defaultOf(type: Scalar | MessageType, written: string | undefined): unknown {
  if (type instanceof MessageType) return null;
  if (type === 'string') return written ?? '';
  if (type === 'bytes') return new Uint8Array(0);
  if (type === 'bool') return written === 'true';
  return Number(written ?? 0);
}

const LINE =
  /^(?:message (?<message>\w+) \{|\}|syntax = "proto2";|package \w+;|(?<label>optional|repeated) (?<type>\w+) (?<name>\w+) = (?<id>\d+)(?: \[(?:packed = true|default = (?<default>[^\]]+))\])?;|)$/;

/** The message types of a `.proto` text, by name. A message may be used before its definition. Throws for a line of any other kind. */
export function messageTypes(text: string): (name: string) => MessageType {
  const types = new Map<string, MessageType>();
  const typeNamed = (name: string): MessageType => {
    const type = types.get(name) ?? new MessageType(name);
    types.set(name, type);
    return type;
  };
  let current: MessageType | undefined;
  for (const line of text.split('\n')) {
    const found = LINE.exec(line.replace(/\/\/.*/, '').trim());
    if (found === null) throw new Error(`not understood in a .proto file: ${line}`);
    const { message, label, type, name, id, default: written } = found.groups!;
    if (message !== undefined) current = typeNamed(message);
    if (label === undefined) continue;
    const fieldType = Object.hasOwn(WIRE_TYPES, type!) ? (type as Scalar) : typeNamed(type!);
    current!.addField({ id: Number(id), name: name!, type: fieldType, repeated: label === 'repeated' }, written);
  }
  return typeNamed;
}
