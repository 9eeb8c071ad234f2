import type { ActivityStore, RecentPosition, RecentView, View } from '../../../src/ports/activity-store.ts';
import type { ActivityDifferences } from '../../../src/ports/differences.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { FakeClock } from '../../support/fake-clock.ts';

export interface ActivityFixture {
  /** Starts empty. Making the next fixture may empty it again. */
  readonly store: ActivityStore;
  /** The same as a service sees it that is started anew. */
  readonly restart: () => ActivityStore;
  readonly clock: FakeClock;
  readonly differences: ActivityDifferences;
}

export type MakeActivity = () => Promise<ActivityFixture>;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const YEAR_MS = 365 * DAY_MS;

/** The moment at which fixtures start. */
export const START_MS = Date.UTC(2026, 5, 1, 12);

/** A view of a program of its own, without viewer or event. */
export function aView(overrides: Partial<View> = {}): View {
  return {
    programId: anId('p'),
    occurredAt: new Date(START_MS),
    attributes: { category: 'drama', language: 'en', contentType: 'movie' },
    ...overrides,
  };
}

export function at(offsetMs: number): Date {
  return new Date(START_MS + offsetMs);
}

/** A viewer's list, page by page. */
export async function readRecent(
  store: ActivityStore,
  userId: string,
  pageSize = 50,
): Promise<readonly RecentView[]> {
  const items: RecentView[] = [];
  let after: RecentPosition | undefined;
  do {
    const page = await store.recentlyViewed(userId, pageSize, after, aCall());
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

/** All totals that wait to be confirmed. */
export async function readUnconfirmed(store: ActivityStore): Promise<ReadonlyMap<string, number>> {
  const { totals } = await store.unconfirmedTotals(10_000, aCall());
  return new Map(totals.map(({ programId, total }) => [programId, total]));
}

/** Takes turns: as many lists as `count`, each item in one of them. */
export function dealt<Item>(items: readonly Item[], count: number): readonly (readonly Item[])[] {
  return Array.from({ length: count }, (_, turn) => items.filter((_, index) => index % count === turn));
}

export const HOSTILE_TEXTS = [
  "'; drop table recent_views; --",
  '{"a","b"}',
  '{a,b}',
  '\\',
  '\\x00',
  '"',
  'NULL',
  'null',
  '%',
  '_',
  '$1',
  ' ',
  '__proto__',
  'constructor',
  'e\u0301',
  '\u00e9',
  '\u{1f600}',
  '\u202eabc',
  'x'.repeat(128),
  '\u{1f600}'.repeat(64),
];
