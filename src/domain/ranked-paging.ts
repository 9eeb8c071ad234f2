import type { Call } from '../ports/call.ts';
import type { RankedEntry, RankedLists, RankedSlice } from '../ports/ranked-lists.ts';
import { DomainError } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { ListPosition, Page } from './page.ts';

/** A ranked list ends here: whoever wants more narrows the filter. */
export const RANKED_LIMIT = 1000;

/** How long a list can be paged on after its first page. */
const RANKED_TTL_MS = 15 * 60_000;

/** Where to go on in a saved order. */
export type RankedPosition = readonly [listId: string, offset: number];

export type RankedPage<Item> = Page<Item, RankedPosition>;

/** Whether a value that came from outside can be a position in a ranked list. */
export function isRankedPosition(value: ListPosition): value is RankedPosition {
  const [listId, offset] = value;
  return value.length === 2 && typeof listId === 'string' && isRank(offset);
}

function isRank(offset: unknown): boolean {
  return Number.isSafeInteger(offset) && Number(offset) > 0 && Number(offset) <= RANKED_LIMIT;
}

/** Saves the order of a list that goes on after its first page, so that later pages follow it; answers where they begin. */
export async function saveRest(
  lists: RankedLists,
  entries: readonly RankedEntry[],
  limit: number,
  meta: JsonObject,
  call: Call,
): Promise<RankedPosition | undefined> {
  if (entries.length <= limit) return undefined;
  return [await lists.save(entries, meta, RANKED_TTL_MS, call), limit];
}

/** The next entries of a saved order. @throws {DomainError} `cursor-expired` */
export async function nextSlice(
  lists: RankedLists,
  [listId, offset]: RankedPosition,
  limit: number,
  call: Call,
): Promise<RankedSlice & { readonly next: RankedPosition | undefined }> {
  const slice = await lists.slice(listId, offset, limit, call);
  if (slice === undefined) {
    throw new DomainError(
      'cursor-expired',
      'the list that the cursor belongs to is over: begin again without a cursor',
    );
  }
  const end = offset + slice.entries.length;
  return { ...slice, next: end < slice.size && slice.entries.length > 0 ? [listId, end] : undefined };
}
