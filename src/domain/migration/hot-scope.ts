import type { Call } from '../../ports/call.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { Program } from '../program/program.ts';

/** Which programs the hot store keeps, and for how long. */
export interface HotScope {
  readonly name: 'all' | 'popular';
  /** Milliseconds from a write; absent: for good. */
  readonly ttlMs: number | undefined;
  holds(program: Pick<Program, 'viewCount' | 'popularityScore'>): boolean;
}

/** Every program, for good: a miss means that there is none. */
export const ALL_PROGRAMS: HotScope = { name: 'all', ttlMs: undefined, holds: () => true };

/** Copies of popular programs go when nobody renewed them for so long: 30 days. */
const POPULAR_TTL_MS = 30 * 24 * 3_600_000;
/** The most popular programs are kept, whatever their views. */
const TOP = 1000;

export interface PopularScope extends HotScope {
  /** Looks anew at how popular a program must be to be among the first 1,000. */
  refresh(call: Call): Promise<void>;
}

/** Programs with at least `minViews` views or among the 1,000 most popular; a miss says nothing about the others. */
export function createPopularScope(deps: {
  readonly catalog: Pick<ProgramCatalog, 'top'>;
  readonly minViews: number;
}): PopularScope {
  // Until it is known every program counts as popular: too much is kept rather than too little.
  let leastScore = Number.NEGATIVE_INFINITY;
  return {
    name: 'popular',
    ttlMs: POPULAR_TTL_MS,
    holds: ({ viewCount, popularityScore }) => viewCount >= deps.minViews || popularityScore >= leastScore,
    async refresh(call) {
      const query = { filter: {}, sort: '-popularityScore', limit: TOP, idLimit: TOP } as const;
      const { programs } = await deps.catalog.top(query, call);
      leastScore = programs.length < TOP ? Number.NEGATIVE_INFINITY : (programs.at(-1)?.popularityScore ?? 0);
    },
  };
}
