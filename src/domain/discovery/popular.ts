import type { Call } from '../../ports/call.ts';
import type { Program } from '../program/program.ts';
import { findPrograms } from '../program/programs.ts';
import type { RankedPage, RankedPosition } from '../ranked-paging.ts';
import { nextSlice, RANKED_LIMIT, saveRest } from '../ranked-paging.ts';
import type { DiscoveryDeps, PopularQuery } from './discovery.ts';

export async function listPopular(
  deps: DiscoveryDeps,
  query: PopularQuery,
  call: Call,
): Promise<RankedPage<Program>> {
  return query.after === undefined
    ? firstPage(deps, query, call)
    : laterPage(deps, query.after, query.limit, call);
}

async function firstPage(deps: DiscoveryDeps, query: PopularQuery, call: Call): Promise<RankedPage<Program>> {
  const { limit, category, language } = query;
  const filter = { ...(category !== undefined && { category }), ...(language !== undefined && { language }) };
  const top = await deps.catalog.top(
    { filter, sort: '-popularityScore', limit, idLimit: RANKED_LIMIT },
    call,
  );
  // Only the order of a catalogue list is pinned, so its scores are not kept.
  const entries = top.programIds.map((id) => ({ id, score: 0 }));
  return { items: top.programs, next: await saveRest(deps.rankedLists, entries, limit, {}, call) };
}

// A program deleted since the first page leaves a page shorter; the others keep their places.
async function laterPage(
  deps: DiscoveryDeps,
  after: RankedPosition,
  limit: number,
  call: Call,
): Promise<RankedPage<Program>> {
  const { entries, next } = await nextSlice(deps.rankedLists, after, limit, call);
  const ids = entries.map((entry) => entry.id);
  return { items: (await findPrograms(deps.catalog, ids, call)).items, next };
}
