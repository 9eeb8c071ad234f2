import type { Call } from '../../ports/call.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { RankedLists } from '../../ports/ranked-lists.ts';
import type { Program } from '../program/program.ts';
import { findPrograms } from '../program/programs.ts';
import type { RankedPage, RankedPosition } from '../ranked-paging.ts';
import { nextSlice, RANKED_LIMIT, saveRest } from '../ranked-paging.ts';

export interface PopularFilter {
  readonly category?: string;
  readonly language?: string;
}

/** The most popular programs, in pages that follow the order that the first one saw. */
export interface PopularLists {
  first(filter: PopularFilter, limit: number, call: Call): Promise<RankedPage<Program>>;
  /** @throws {DomainError} `cursor-expired` */
  later(after: RankedPosition, limit: number, call: Call): Promise<RankedPage<Program>>;
}

export interface CatalogPopularListsDeps {
  readonly catalog: Pick<ProgramCatalog, 'top' | 'getMany'>;
  readonly rankedLists: RankedLists;
}

/** The lists as the catalogue has them now; the order of the first page is saved for the later ones. */
export function createCatalogPopularLists({ catalog, rankedLists }: CatalogPopularListsDeps): PopularLists {
  return {
    async first(filter, limit, call) {
      const top = await catalog.top({ filter, sort: '-popularityScore', limit, idLimit: RANKED_LIMIT }, call);
      // Only the order of a catalogue list is pinned, so its scores are not kept.
      const entries = top.programIds.map((id) => ({ id, score: 0 }));
      return { items: top.programs, next: await saveRest(rankedLists, entries, limit, {}, call) };
    },
    // A program deleted since the first page leaves a page shorter; the others keep their places.
    async later(after, limit, call) {
      const { entries, next } = await nextSlice(rankedLists, after, limit, call);
      const ids = entries.map((entry) => entry.id);
      return { items: (await findPrograms(catalog, ids, call)).items, next };
    },
  };
}
