import type { TrendWindow } from '../domain/discovery/trend-score.ts';
import type { Page } from '../domain/page.ts';
import type { Call } from './call.ts';
import type { ViewTotal } from './program-catalog.ts';

/** One viewing of a program. */
export interface View {
  readonly programId: string;
  readonly userId?: string;
  /** Names the event: a repeat within 7 days counts once. */
  readonly eventId?: string;
  readonly positionSeconds?: number;
  readonly durationSeconds?: number;
  readonly occurredAt: Date;
  /** What the program was when it was viewed; trends are filtered by the newest. */
  readonly attributes: ViewAttributes;
}

export interface ViewAttributes {
  readonly category: string;
  readonly language: string;
  readonly contentType: string;
}

export interface TrendQuery {
  readonly window: TrendWindow;
  readonly filter: Partial<ViewAttributes>;
  readonly limit: number;
}

export interface Trend {
  readonly programId: string;
  /** Decayed number of views as of the call: a view counts 1 when it happens and half of that one window later. */
  readonly score: number;
}

export interface CategoryTrend {
  readonly category: string;
  readonly score: number;
}

export interface RecentView {
  readonly programId: string;
  readonly viewedAt: Date;
  readonly positionSeconds: number | null;
}

/** `[viewedAt as epoch milliseconds, programId]`. */
export type RecentPosition = readonly [viewedAtMs: number, programId: string];

/**
 * What viewers do: views, trends, and what each viewer saw last.
 *
 * `recordViews` is durable when it resolves and all or nothing. Views may come late, repeated and out of order: the
 * newest event time of a viewer and program wins (at the same time the furthest position, none being the least), and
 * scores do not depend on the order of arrival.
 *
 * Errors: `StoreUnavailable`, `StoreThrottled`, `StoreTimeout`, `StoreRefused`.
 */
export interface ActivityStore {
  /** Counts the views; answers in order. A view whose `eventId` was seen before, in this call or an earlier one, changes nothing. */
  recordViews(views: readonly View[], call: Call): Promise<readonly ViewOutcome[]>;

  /** Highest score first, ties by `programId`. Programs never viewed are not in it. */
  trending(query: TrendQuery, call: Call): Promise<readonly Trend[]>;

  /** Categories by the sum of the scores of their programs, highest first, ties by name. */
  trendingCategories(window: TrendWindow, limit: number, call: Call): Promise<readonly CategoryTrend[]>;

  /** A viewer's last views: newest first, a program once, at most {@link RECENT_VIEWS_KEPT} in all; ties by `programId`. */
  recentlyViewed(
    userId: string,
    limit: number,
    after: RecentPosition | undefined,
    call: Call,
  ): Promise<Page<RecentView, RecentPosition>>;

  /** Forgets one program of a viewer's list, or the whole list. What is not there is fine. Totals and trends stay. */
  forgetRecentlyViewed(userId: string, programId: string | undefined, call: Call): Promise<void>;

  /**
   * Totals that grew since they were last confirmed, up to `limit`, those that wait longest first, and the name of this
   * store as a source of counts: no store whose totals began at zero at another time has the same.
   */
  unconfirmedTotals(
    limit: number,
    call: Call,
  ): Promise<{ readonly source: string; readonly totals: readonly ViewTotal[] }>;

  /** Says that these totals arrived; one that grew meanwhile stays unconfirmed. */
  confirmTotals(totals: readonly ViewTotal[], call: Call): Promise<void>;
}

export type ViewOutcome = 'counted' | 'duplicate';

/** A viewer's list keeps so many programs; the oldest go first. */
export const RECENT_VIEWS_KEPT = 200;

/** How long an `eventId` is remembered. */
export const EVENT_MEMORY_MS = 7 * 24 * 3_600_000;
