import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { isId } from '../../../domain/program/program.ts';
import { readScanCursor, writeScanCursor } from '../../../domain/scan-cursor.ts';
import type { Call } from '../../../ports/call.ts';
import type { HotEntry, HotScanPage } from '../../../ports/hot-program-store.ts';
import { LARGEST_PAGE } from '../page-size.ts';
import type { Item } from './attributes.ts';
import { integerOf, text } from './attributes.ts';
import { isExpired } from './expiry.ts';
import type { HotTable } from './hot-table.ts';
import { decoded, versionOf } from './program-item.ts';

const SCANNED = 'programs in DynamoDB';

/** The head of an item: it costs as many read units as all of it, and is less to carry. */
const HEAD = ['programId', 'version', 'deleted', 'expiresAt'];

/** A page ends after `limit` items or 1 MB of them, whichever are ours to tell of (Developer Guide, "Scanning tables"). */
export async function scanEntries(
  on: HotTable,
  cursor: string | undefined,
  limit: number,
  call: Call,
): Promise<HotScanPage> {
  const [after] = cursor === undefined ? [] : readScanCursor(SCANNED, cursor);
  const command = new ScanCommand({
    TableName: on.table,
    Limit: Math.min(limit, LARGEST_PAGE),
    ProjectionExpression: HEAD.map((name) => `#${name}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(HEAD.map((name) => [`#${name}`, name])),
    ...(after !== undefined && { ExclusiveStartKey: { programId: text(after) } }),
  });
  const { Items = [], LastEvaluatedKey } = await on.client.send(command, { abortSignal: call.signal });
  const nowMs = on.clock.now();
  const last = LastEvaluatedKey?.programId?.S;
  return {
    entries: Items.map((item) => toEntry(item, nowMs)).filter((entry) => entry !== undefined),
    next: last === undefined ? undefined : writeScanCursor(SCANNED, [last]),
  };
}

/** `undefined` for what has expired, and for what can not be the id of a program: it is the key of something else. */
function toEntry(item: Item, nowMs: number): HotEntry | undefined {
  const programId = item.programId?.S;
  if (!isId(programId)) return undefined;
  return decoded<HotEntry | undefined>(
    () => {
      if (isExpired(item, nowMs)) return undefined;
      const state = item.deleted?.BOOL === true ? 'tombstone' : 'live';
      return { programId, version: integerOf(item, 'version'), state };
    },
    () => ({ programId, version: versionOf(item), state: 'undecodable' }),
  );
}
