import { createHash } from 'node:crypto';

/** The key of one item of the activity table. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

const PROGRAM = 'PROGRAM#';
const VIEW = 'VIEW#';

/** A program's total, scores and newest attributes. */
export function trendKey(programId: string): ItemKey {
  return { pk: PROGRAM + programId, sk: 'TREND' };
}

export function programIdOfTrend({ pk }: ItemKey): string {
  return pk.slice(PROGRAM.length);
}

/** That an event was seen. */
export function eventKey(eventId: string): ItemKey {
  return { pk: keyOfText('EVENT', eventId), sk: 'EVENT' };
}

/** The partition of a viewer's list. */
export function viewerPartition(userId: string): string {
  return keyOfText('USER', userId);
}

/** A viewer's newest view of a program. */
export function viewKey(userId: string, programId: string): ItemKey {
  return { pk: viewerPartition(userId), sk: VIEW + programId };
}

export function programIdOfView({ sk }: ItemKey): string {
  return sk.slice(VIEW.length);
}

/** What the partitions of the indexes are called, before their shard. */
export const TREND_PARTITION = 'trend';
export const UNCONFIRMED_PARTITION = 'unconfirmed';

/** The name under which this table's totals are known elsewhere. */
export const SOURCE_KEY: ItemKey = { pk: 'SOURCE', sk: 'SOURCE' };

// Partition keys have at most 2,048 bytes (Developer Guide, "Quotas"), and a lone surrogate has no UTF-8 form. The
// prefixes differ, so a hash is never taken for another's plain text.
const PLAIN_BYTES = 1024;

function keyOfText(kind: string, text: string): string {
  if (text.isWellFormed() && Buffer.byteLength(text) <= PLAIN_BYTES) return `${kind}#${text}`;
  return `${kind}-SHA256#${createHash('sha256').update(text, 'utf16le').digest('hex')}`;
}
