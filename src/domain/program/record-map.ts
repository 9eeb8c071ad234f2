import type { Fault } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { isPlainObject } from '../json.ts';
import { kindOf } from '../text.ts';
import { readNamedRules } from './record-map-reader.ts';
import type { Reading, Tables } from './record-map-reading.ts';
import { blame, inner, refuseOthers } from './record-map-reading.ts';
import type { Rule } from './record-map-rules.ts';
import { readTable } from './record-map-step-reader.ts';
import type { Mapped } from './record-map-steps.ts';
import { present, textOf, UnmappableRecord } from './record-map-steps.ts';

/**
 * Turns foreign records into programs, as a map file says: `{ "fields": { FIELD: RULE, ... }, "tables": { NAME: TABLE } }`.
 * A map is data: it runs no code and no regular expression of its author, and takes time linear in the record.
 * `examples/README.md` documents the format.
 */
export interface RecordMap {
  /** A program to be checked (see `checkDraft`), or why the record can not become one. Does not change the record. */
  map(record: unknown): { readonly program: JsonObject } | { readonly message: string };
}

const REQUIRED = ['programId', 'title', 'contentType', 'category', 'language'];
const TEXT_FIELDS = [...REQUIRED, 'description', 'thumbnailUrl', 'releaseDate'];
const FIELDS = [...TEXT_FIELDS, 'tags', 'metadata', 'viewCount', 'popularityScore'];

/** Reads a map file's JSON value, or says everything that is wrong with it. */
export function readRecordMap(input: unknown): { map: RecordMap } | { faults: readonly Fault[] } {
  if (!isPlainObject(input))
    return { faults: [{ path: '', message: `must be an object, was ${kindOf(input)}` }] };
  const faults: Fault[] = [];
  const root: Reading = { path: '', depth: 0, tables: new Map(), faults };
  refuseOthers(input, ['fields', 'tables', 'description'], root);
  const tables = readTables(input.tables ?? {}, inner(root, 'tables'));
  const rules = readFields(input.fields, { ...inner(root, 'fields'), tables });
  return faults.length > 0 ? { faults } : { map: { map: (record) => applied(rules, record) } };
}

function readTables(given: unknown, at: Reading): Tables {
  if (isPlainObject(given)) {
    return new Map(Object.entries(given).map(([name, table]) => [name, readTable(table, inner(at, name))]));
  }
  blame(at, `must be an object of tables by name, was ${kindOf(given)}`);
  return new Map();
}

function readFields(given: unknown, at: Reading): Readonly<Record<string, Rule>> {
  if (!isPlainObject(given)) {
    blame(at, 'must be an object with a rule for each field of a program');
    return {};
  }
  refuseOthers(given, FIELDS, at);
  for (const name of REQUIRED.filter((field) => given[field] === undefined)) {
    blame(inner(at, name), 'needs a rule: every program has it');
  }
  const known = Object.entries(given).filter(([name, rule]) => FIELDS.includes(name) && rule !== undefined);
  return readNamedRules(Object.fromEntries(known), at);
}

function applied(rules: Readonly<Record<string, Rule>>, record: unknown) {
  if (!isPlainObject(record)) return { message: `the record must be an object, was ${kindOf(record)}` };
  const program: Record<string, JsonValue> = {};
  for (const [field, rule] of Object.entries(rules)) {
    try {
      const value = fitted(field, rule(record as JsonObject));
      if (value !== undefined) program[field] = value;
    } catch (error) {
      if (!(error instanceof UnmappableRecord)) throw error;
      return { message: `${field} ${error.message}` };
    }
  }
  return { program };
}

/** Numbers become texts and a single tag a list where the field asks for it, so that a map need not say so each time. */
function fitted(field: string, value: Mapped): Mapped {
  if (value === undefined) return undefined;
  if (TEXT_FIELDS.includes(field)) return textOf(value);
  if (field !== 'tags') return value;
  const tags = present(Array.isArray(value) ? (value as readonly JsonValue[]) : [value]);
  return [...new Set(tags.map(textOf))];
}
