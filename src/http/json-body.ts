import { isPrototypeName } from '../domain/json.ts';
import { cleanTextFault } from '../domain/text.ts';
import type { RequestFault } from './problems.ts';
import { HttpProblem, validationProblem } from './problems.ts';

/** Deeper than any body of ours; what walks a body by recursion is safe below it. */
const MAX_DEPTH = 32;

/**
 * Reads a JSON body. Beside the grammar it refuses what would do harm later, wherever it stands: names that reach a
 * prototype, text that stores can not keep, numbers that JSON can write and a double can not hold, and depth.
 * @throws {HttpProblem}
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0)
    throw new HttpProblem('malformed-json', 'the body is empty: a JSON value is expected');
  const value = parse(decode(bytes));
  const fault = nodeFault(value, '', 1);
  if (fault !== undefined) throw validationProblem([fault]);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw notJson('the body is not valid UTF-8', error);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8's message quotes the body, which may hold what no answer should repeat: say only what it stumbled on.
    const token = /^SyntaxError: (?:Unexpected token '.'|[^"]*at position \d+)/u.exec(String(error))?.[0];
    throw notJson(`the body is not valid JSON: ${token?.slice(13) ?? 'it ends too early'}`, error);
  }
}

function notJson(message: string, cause: unknown): HttpProblem {
  return new HttpProblem('malformed-json', message, { cause });
}

function nodeFault(value: unknown, path: string, depth: number): RequestFault | undefined {
  if (typeof value === 'string') return textFaultAt(path, cleanText(value));
  if (typeof value === 'number') return numberFault(path, value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return { path: '', in: 'body', message: `must be at most ${MAX_DEPTH} levels deep` };
  return Array.isArray(value) ? arrayFault(value, path, depth) : objectFault(value, path, depth);
}

function arrayFault(values: readonly unknown[], path: string, depth: number): RequestFault | undefined {
  for (const [index, value] of values.entries()) {
    const fault = nodeFault(value, `${path}/${index}`, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function objectFault(value: object, path: string, depth: number): RequestFault | undefined {
  for (const [name, inner] of Object.entries(value)) {
    if (isPrototypeName(name)) return { path, in: 'body', message: `must not use the name ${name}` };
    const here = `${path}/${pointerPart(name)}`;
    const fault = textFaultAt(here, cleanText(name)) ?? nodeFault(inner, here, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

// Which control characters a field takes is its own rule; NUL is never one, because Postgres can not store it.
function cleanText(value: string): string | undefined {
  if (value.includes('\0')) return 'must not have NUL characters';
  return value.isWellFormed() ? undefined : cleanTextFault(value, true);
}

function textFaultAt(path: string, message: string | undefined): RequestFault | undefined {
  return message === undefined ? undefined : { path, in: 'body', message };
}

// 1e999 is JSON, and becomes Infinity.
function numberFault(path: string, value: number): RequestFault | undefined {
  return Number.isFinite(value) ? undefined : { path, in: 'body', message: 'must be a number below 1.8e308' };
}

/** A name as part of a JSON Pointer (RFC 6901), cut to a length that a message can carry. */
export function pointerPart(name: string): string {
  return name.slice(0, 64).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
}
