/** Flags by the conventions of Paddle-Lite's two front ends: gflags (the binary) and argparse (the Python script). */
import { EdgeDeployError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';

export interface Flag {
  readonly name: string;
  /** A switch takes true or false, or nothing; a list may be given several times; the last one of the others counts. */
  readonly kind: 'switch' | 'text' | 'number' | 'list';
  /** A letter that stands for it behind one dash. */
  readonly short?: string;
  readonly choices?: readonly string[];
  /** Its beginning is enough: argparse does so, gflags does not. */
  readonly abbreviated?: boolean;
}

export type FlagValue = boolean | number | string | readonly string[];

const TRUE: readonly string[] = ['true', '1', 'yes', 't', 'y'];
const FALSE: readonly string[] = ['false', '0', 'no', 'f', 'n'];

/**
 * Reads `--name=value` and `--name value`, with one dash or two; switches as `--name`, `--name=true`, `--name true`, `--noname`; and
 * beginnings of names where they fit only one. Throws E_USAGE, with the nearest name, for everything else.
 */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): ReadonlyMap<string, FlagValue> {
  const values = new Map<string, FlagValue>();
  for (let i = 0; i < args.length; i++) {
    const { flag, negated, value } = match(args[i]!, flags);
    const next = args[i + 1];
    if (flag.kind === 'switch') {
      const given = value ?? (!negated && next !== undefined && truth(next) !== undefined ? args[++i]! : 'true');
      values.set(flag.name, switched(flag, given) !== negated);
      continue;
    }
    if (value === undefined) i++;
    const text = value ?? next;
    if (text === undefined) throw usage(`--${flag.name} needs a value`, `Write --${flag.name}=VALUE.`);
    if (flag.kind === 'list') values.set(flag.name, [...((values.get(flag.name) as string[]) ?? []), text]);
    else values.set(flag.name, flag.kind === 'number' ? numberOf(flag, text) : chosen(flag, text));
  }
  return values;
}

interface Match {
  readonly flag: Flag;
  /** Written as --noname. */
  readonly negated: boolean;
  readonly value: string | undefined;
}

function match(arg: string, flags: readonly Flag[]): Match {
  const [, dashes, name, value] = /^(--?)([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
  if (dashes === undefined || name === undefined) {
    throw usage(`unrecognized arguments: ${arg}`, 'opt takes flags only, such as --model_dir=FOLDER.');
  }
  const short = dashes === '-' ? flags.find((flag) => flag.short === name) : undefined;
  const exact = short ?? flags.find((flag) => flag.name === name);
  if (exact) return { flag: exact, negated: false, value };
  const off = flags.find((flag) => flag.kind === 'switch' && `no${flag.name}` === name);
  if (off) {
    if (value !== undefined) throw usage(`--${name} takes no value`, `Write --${off.name}=false.`);
    return { flag: off, negated: true, value };
  }
  const begun = name.length > 1 ? flags.filter((flag) => flag.abbreviated && flag.name.startsWith(name)) : [];
  if (begun.length === 1) return { flag: begun[0]!, negated: false, value };
  const names = flags.map((flag) => flag.name);
  if (begun.length > 1) {
    const list = begun.map((flag) => `--${flag.name}`).join(', ');
    throw usage(`ambiguous option: ${arg} could match ${list}`, 'Write the name in full.');
  }
  const meant = nearest(name, names);
  throw usage(
    `unrecognized arguments: ${arg}`,
    meant === undefined ? 'See: edge-deploy opt --help' : `Did you mean --${meant}?`,
  );
}

function truth(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
}

function switched(flag: Flag, text: string): boolean {
  const value = truth(text);
  if (value !== undefined) return value;
  throw usage(`--${flag.name}: '${text}' is neither true nor false`, `Write --${flag.name}=true or =false.`);
}

function numberOf(flag: Flag, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw usage(`argument --${flag.name}: invalid float value: '${text}'`, `Write --${flag.name}=0.5, for example.`);
}

function chosen(flag: Flag, text: string): string {
  if (flag.choices === undefined || flag.choices.includes(text)) return text;
  const list = flag.choices.map((choice) => `'${choice}'`).join(', ');
  const meant = nearest(text, flag.choices);
  throw usage(
    `argument --${flag.name}: invalid choice: '${text}' (choose from ${list})`,
    meant === undefined ? `Write --${flag.name}=${flag.choices[0]}.` : `Did you mean ${meant}?`,
  );
}

function usage(message: string, hint: string): EdgeDeployError {
  return new EdgeDeployError('E_USAGE', message, { hint });
}
