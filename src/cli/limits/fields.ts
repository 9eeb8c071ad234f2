import { printable } from '../../domain/program/program-line.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

/** Which fields of a log say what. A name may be a path with dots. */
export interface FieldOptions {
  readonly time?: string;
  readonly client?: string;
  readonly cost?: string;
}

export interface Fields {
  readonly time: string;
  readonly client: string;
  /** `undefined`: every request costs 1. */
  readonly cost: string | undefined;
}

export type LogRecord = Readonly<Record<string, unknown>>;

/** Looked for in this order. */
export const TIME_FIELDS = ['time', 'timestamp', '@timestamp', 'ts'] as const;
export const CLIENT_FIELDS = [
  'client',
  'clientIp',
  'ip',
  'remoteAddress',
  'remote_addr',
  'apiKey',
  'user',
] as const;

const FIELDS_SHOWN = 30;

/** The fields that are asked for, or else the usual ones that the record has. @throws {CommandError} it has none. */
export function findFields(options: FieldOptions, record: LogRecord, line: number): Fields {
  const find = (what: keyof FieldOptions, usual: readonly string[]): string => {
    const asked = options[what];
    const found = (asked === undefined ? usual : [asked]).find((name) => isThere(valueAt(record, name)));
    if (found !== undefined) return found;
    throw new CommandError(EXIT.usage, noSuchField({ what, asked, usual, record, line }));
  };
  const cost = options.cost === undefined ? undefined : find('cost', []);
  return { time: find('time', TIME_FIELDS), client: find('client', CLIENT_FIELDS), cost };
}

/** What a record has under that name, or at the end of that path. A name with dots in it goes first. */
export function valueAt(record: LogRecord, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  const [first = '', ...rest] = name.split('.');
  const inner = Object.hasOwn(record, first) ? record[first] : undefined;
  return rest.length > 0 && isRecord(inner) ? valueAt(inner, rest.join('.')) : undefined;
}

export function isRecord(value: unknown): value is LogRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null says no more than nothing. */
export function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

interface Missing {
  readonly what: keyof FieldOptions;
  readonly asked: string | undefined;
  readonly usual: readonly string[];
  readonly record: LogRecord;
  readonly line: number;
}

function noSuchField({ what, asked, usual, record, line }: Missing): string {
  const wanted = asked === undefined ? `none of ${usual.join(', ')}` : `no ${JSON.stringify(asked)}`;
  const names = namesOf(record);
  const more = names.length > FIELDS_SHOWN ? `, and ${names.length - FIELDS_SHOWN} more` : '';
  const shown = names.length === 0 ? 'no field at all' : names.slice(0, FIELDS_SHOWN).join(', ') + more;
  return printable(`line ${line} has ${wanted}: name the field with --${what}. It has ${shown}`);
}

function namesOf(record: LogRecord, prefix = ''): readonly string[] {
  return Object.entries(record).flatMap(([name, value]) =>
    isRecord(value) ? namesOf(value, `${prefix}${name}.`) : [`${prefix}${name}`],
  );
}
