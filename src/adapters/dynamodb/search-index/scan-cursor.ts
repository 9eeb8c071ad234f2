import { createHash } from 'node:crypto';

const CHECK_BYTES = 12;

/** Where a scan of the table goes on: after the item of this id. The check finds accidents and cursors of other tables. */
export function scanCursor(table: string, contentId: string): string {
  const id = Buffer.from(contentId);
  return Buffer.concat([check(table, id), id]).toString('base64url');
}

/** @throws {RangeError} when it is no cursor of a scan of this table. */
export function contentIdOfCursor(table: string, cursor: string): string {
  const bytes = Buffer.from(cursor, 'base64url');
  const id = bytes.subarray(CHECK_BYTES);
  const intact =
    bytes.toString('base64url') === cursor &&
    id.length > 0 &&
    bytes.subarray(0, CHECK_BYTES).equals(check(table, id));
  if (!intact)
    throw new RangeError(`not a cursor of a scan of the table ${table}: begin again without a cursor`);
  return id.toString();
}

function check(table: string, id: Buffer): Buffer {
  return createHash('sha256').update(`scan of ${table}\n`).update(id).digest().subarray(0, CHECK_BYTES);
}
