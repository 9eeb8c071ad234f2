import { RATE_LIMIT_LIMITS } from '../../domain/limits/policy.ts';
import type { Line } from '../../domain/lines.ts';
import { parseJsonLine } from '../../domain/program/program-line.ts';
import { textFault } from '../../domain/text.ts';
import type { FieldOptions, Fields, LogRecord } from './fields.ts';
import { findFields, isRecord, isThere, valueAt } from './fields.ts';
import { readLogTime } from './log-time.ts';

/** One request of a log. */
export interface Access {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly client: string;
  /** Whole units, 1 and up. */
  readonly cost: number;
}

/** Why a line is none. Reasons are few, whatever the lines are. */
export interface Refusal {
  readonly reason: string;
}

/** Reads lines of a log, which has the fields that its first record has. */
export interface AccessReader {
  /** `undefined`: the line is blank. @throws {CommandError} the first record lacks a field. */
  read(line: Line): Access | Refusal | undefined;
}

export function createAccessReader(options: FieldOptions): AccessReader {
  let fields: Fields | undefined;
  return {
    read({ line, text, error }) {
      if (text === undefined) return { reason: error };
      if (text.trim() === '') return undefined;
      const parsed = parseJsonLine(text);
      if ('message' in parsed) return { reason: 'is not valid JSON' };
      if (!isRecord(parsed.value)) return { reason: 'is no JSON object' };
      fields ??= findFields(options, parsed.value, line);
      return toAccess(parsed.value, fields);
    },
  };
}

function toAccess(record: LogRecord, fields: Fields): Access | Refusal {
  const missing = Object.values(fields).find((name) => name !== undefined && !isThere(valueAt(record, name)));
  if (missing !== undefined) return { reason: `has no ${JSON.stringify(missing)}` };
  const atMs = readLogTime(valueAt(record, fields.time));
  if (atMs === undefined) return { reason: `${JSON.stringify(fields.time)} ${TIME_RULE}` };
  const client = readClient(valueAt(record, fields.client));
  if (client === undefined) return { reason: `${JSON.stringify(fields.client)} ${CLIENT_RULE}` };
  const cost = fields.cost === undefined ? 1 : readCost(valueAt(record, fields.cost));
  if (cost === undefined) return { reason: `${JSON.stringify(fields.cost)} ${COST_RULE}` };
  return { atMs, client, cost };
}

const { key: keys, cost: costs } = RATE_LIMIT_LIMITS;
const TIME_RULE = 'is no time: it must be ISO 8601, or Unix time in seconds or milliseconds';
const CLIENT_RULE = `must be a number, or text of 1 to ${keys.max} characters without control characters`;
const COST_RULE = `must be a whole number from ${costs.min} to ${costs.max}`;

function readClient(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && textFault(text, keys) === undefined ? text : undefined;
}

function readCost(value: unknown): number | undefined {
  const cost = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof cost !== 'number' || !Number.isInteger(cost)) return undefined;
  return cost >= costs.min && cost <= costs.max ? cost : undefined;
}
