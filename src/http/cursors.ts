import { createHash } from 'node:crypto';
import { DomainError } from '../domain/errors.ts';
import type { JsonValue } from '../domain/json.ts';
import type { ListPosition } from '../domain/page.ts';
import { isScalarPosition } from '../domain/page.ts';

/** What a cursor belongs to: the call, its filters and its sort. A cursor of one is no cursor of another. */
export interface CursorContext {
  readonly call: string;
  readonly [parameter: string]: string | number | boolean | undefined;
}

/** A title of 500 characters, each escaped, and an id fit; nothing of ours is longer. */
export const MAX_CURSOR_LENGTH = 4096;

const CHECK_BYTES = 12;

/** Positions are values that every answer shows anyway, so the text need not be secret, only unbroken. */
export function encodeCursor(context: CursorContext, position: ListPosition): string {
  const json = Buffer.from(JSON.stringify(position));
  return Buffer.concat([check(context, json), json]).toString('base64url');
}

/** The next page's cursor, as answers give it. */
export function nextCursor(context: CursorContext, next: ListPosition | undefined): string | null {
  return next === undefined ? null : encodeCursor(context, next);
}

/**
 * The position in a cursor of this context. `isPosition` has the last word on its form, because whoever knows how the
 * check is made can make one: it finds accidents and tinkering, and grants nothing.
 * @throws {DomainError} `invalid-cursor`
 */
export function decodeCursor<Position extends ListPosition>(
  context: CursorContext,
  cursor: string,
  isPosition: (value: ListPosition) => value is Position,
): Position {
  const bytes = Buffer.from(cursor, 'base64url');
  const json = bytes.subarray(CHECK_BYTES);
  const intact =
    bytes.toString('base64url') === cursor && bytes.subarray(0, CHECK_BYTES).equals(check(context, json));
  const position = intact ? parse(json) : undefined;
  if (!isScalarPosition(position) || !isPosition(position)) {
    throw new DomainError(
      'invalid-cursor',
      'the cursor was changed, or belongs to other filters or another sort: begin again without a cursor',
    );
  }
  return position;
}

function parse(json: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(json.toString('utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}

function check(context: CursorContext, json: Buffer): Buffer {
  const parameters = Object.entries(context).filter(([, value]) => value !== undefined);
  const canonical = JSON.stringify(parameters.sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(canonical).update('\n').update(json).digest().subarray(0, CHECK_BYTES);
}
