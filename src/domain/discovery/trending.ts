import type { Call } from '../../ports/call.ts';
import type { RankedEntry } from '../../ports/ranked-lists.ts';
import { matches } from '../program/program-query.ts';
import { findPrograms } from '../program/programs.ts';
import type { RankedPage, RankedPosition } from '../ranked-paging.ts';
import { nextSlice, RANKED_LIMIT, saveRest } from '../ranked-paging.ts';
import type { DiscoveryDeps, TrendingProgram, TrendingQuery } from './discovery.ts';

export async function listTrending(
  deps: DiscoveryDeps,
  query: TrendingQuery,
  call: Call,
): Promise<RankedPage<TrendingProgram>> {
  return query.after === undefined ? firstPage(deps, query, call) : laterPage(deps, query.after, query, call);
}

async function firstPage(
  deps: DiscoveryDeps,
  query: TrendingQuery,
  call: Call,
): Promise<RankedPage<TrendingProgram>> {
  const { window, filter, limit } = query;
  const trends = await deps.activity.trending({ window, filter, limit: RANKED_LIMIT }, call);
  const entries = trends.map(({ programId, score }) => ({ id: programId, score }));
  const next = await saveRest(deps.rankedLists, entries, limit, {}, call);
  return { items: await withPrograms(deps, entries.slice(0, limit), filter, call), next };
}

async function laterPage(
  deps: DiscoveryDeps,
  after: RankedPosition,
  query: TrendingQuery,
  call: Call,
): Promise<RankedPage<TrendingProgram>> {
  const { entries, next } = await nextSlice(deps.rankedLists, after, query.limit, call);
  return { items: await withPrograms(deps, entries, query.filter, call), next };
}

// The activity store knows a program as it was when last viewed: one that has been deleted or re-filed since is left out.
async function withPrograms(
  deps: DiscoveryDeps,
  entries: readonly RankedEntry[],
  filter: TrendingQuery['filter'],
  call: Call,
): Promise<readonly TrendingProgram[]> {
  const scores = new Map(entries.map(({ id, score }) => [id, score]));
  const { items } = await findPrograms(deps.catalog, [...scores.keys()], call);
  const current = items.filter((program) => matches(program, filter));
  return current.map((program) => ({ ...program, score: scores.get(program.programId) ?? 0 }));
}
