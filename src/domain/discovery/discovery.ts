import type { ActivityStore, CategoryTrend, TrendQuery } from '../../ports/activity-store.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CategoryCount, ProgramCatalog } from '../../ports/program-catalog.ts';
import type { RankedLists } from '../../ports/ranked-lists.ts';
import type { Page } from '../page.ts';
import type { Program } from '../program/program.ts';
import type { ProgramFilter, ProgramPosition } from '../program/program-query.ts';
import type { RankedPage, RankedPosition } from '../ranked-paging.ts';
import type { PopularLists } from './popular-lists.ts';
import type { TrendWindow } from './trend-score.ts';

/** The lists that viewers browse. */
export interface Discovery {
  /**
   * Programs by popularity score, highest first, ties by id; ends at {@link RANKED_LIMIT}. Later pages follow the order
   * that the first page saw. @throws {DomainError} `cursor-expired`
   */
  popular(query: PopularQuery, call: Call): Promise<RankedPage<Program>>;
  /** Programs by time-decayed views, highest first, ties by id; paged as `popular` is. @throws {DomainError} `cursor-expired` */
  trending(query: TrendingQuery, call: Call): Promise<RankedPage<TrendingProgram>>;
  trendingCategories(window: TrendWindow, limit: number, call: Call): Promise<readonly CategoryTrend[]>;
  /** Programs that are out, newest release first, ties by id. */
  newest(query: NewestQuery, call: Call): Promise<Page<Program, ProgramPosition>>;
  categories(call: Call): Promise<readonly CategoryCount[]>;
}

export interface PopularQuery {
  readonly category?: string;
  readonly language?: string;
  readonly limit: number;
  readonly after?: RankedPosition;
}

export interface TrendingQuery extends TrendQuery {
  readonly after?: RankedPosition;
}

export type TrendingProgram = Program & { readonly score: number };

export interface NewestQuery {
  readonly filter: Pick<ProgramFilter, 'category' | 'language' | 'contentType'>;
  readonly limit: number;
  readonly after?: ProgramPosition;
}

export interface DiscoveryDeps {
  readonly catalog: ProgramCatalog;
  readonly activity: ActivityStore;
  readonly rankedLists: RankedLists;
  readonly popularLists: PopularLists;
  readonly clock: Clock;
}
