import { readScanCursor, writeScanCursor } from '../../../domain/scan-cursor.ts';
import type { Call } from '../../../ports/call.ts';
import type { HotScanPage } from '../../../ports/hot-program-store.ts';
import type { HotPrograms } from './hot-programs.ts';
import { readEntry } from './program-text.ts';
import { scanPrograms } from './scripts.ts';

/** So many are looked at in one go at most, that others need not wait long. */
const LARGEST_PAGE = 1000;

/** A page of one shard, by id; the shards follow one another. */
export async function scanEntries(
  { client, keys, clock, shards }: HotPrograms,
  cursor: string | undefined,
  limit: number,
  call: Call,
): Promise<HotScanPage> {
  // Another number of shards would have other programs in a shard.
  const scanned = `programs in ${shards} shards of Redis`;
  const [number = '0', after = ''] = cursor === undefined ? [] : readScanCursor(scanned, cursor);
  const shard = Number(number);
  const args = [after, Math.min(limit, LARGEST_PAGE), keys.program(shard, '')];
  const [last = '', ...found] = (await scanPrograms(
    client,
    [keys.programIds(shard)],
    args,
    call,
  )) as string[];
  const nowMs = clock.now();
  const entries = Array.from({ length: found.length / 2 }, (_, index) =>
    readEntry(found[2 * index] ?? '', found[2 * index + 1] ?? '', nowMs),
  ).filter((entry) => entry !== undefined);
  const place = last === '' ? [String(shard + 1), ''] : [String(shard), last];
  const isAtEnd = last === '' && shard + 1 >= shards;
  return { entries, next: isAtEnd ? undefined : writeScanCursor(scanned, place) };
}
