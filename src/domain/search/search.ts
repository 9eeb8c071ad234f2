import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { RankedEntry, RankedLists } from '../../ports/ranked-lists.ts';
import type { SearchIndex } from '../../ports/search-index.ts';
import type { SearchLog, SearchLogEntry } from '../../ports/search-log.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type {
  Facet,
  FacetCount,
  Highlights,
  Suggestion,
  TextQuery,
  TextSearch,
  TextSort,
} from '../../ports/text-search.ts';
import { createGroupCommit } from '../group-commit.ts';
import type { JsonObject } from '../json.ts';
import type { RankedPosition } from '../ranked-paging.ts';
import { nextSlice, RANKED_LIMIT, saveRest } from '../ranked-paging.ts';
import type { DocumentFilter, SearchDocument } from './document.ts';

export interface Search {
  /** Ranked full text; pages after the first follow the order that the first one saw. @throws {DomainError} `cursor-expired` */
  search(query: SearchQuery, call: Call): Promise<SearchAnswer>;
  suggest(text: string, limit: number, call: Call): Promise<readonly Suggestion[]>;
}

export interface SearchQuery {
  readonly text: string;
  readonly filter: DocumentFilter;
  readonly facets: readonly Facet[];
  readonly sort: TextSort;
  readonly limit: number;
  readonly after?: RankedPosition;
  readonly highlight: boolean;
}

export interface SearchAnswer {
  readonly items: readonly FoundDocument[];
  readonly facets: SearchFacets;
  /** How many documents match, those past {@link RANKED_LIMIT} included. */
  readonly total: number;
  readonly next: RankedPosition | undefined;
  /** The same on every page of a search. */
  readonly queryId: string;
  readonly tookMs: number;
}

export type SearchFacets = Partial<Record<Facet, readonly FacetCount[]>>;

/** `highlights` is `null` when none were asked for or none were found. */
export type FoundDocument = SearchDocument & {
  readonly score: number;
  readonly highlights: Highlights | null;
};

export interface SearchDeps {
  readonly textSearch: TextSearch;
  readonly searchIndex: Pick<SearchIndex, 'getMany'>;
  readonly searchLog: SearchLog;
  readonly rankedLists: RankedLists;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}

/** What the first page of a search knows, for the later ones. */
interface Outline {
  readonly entries: readonly RankedEntry[];
  readonly total: number;
  readonly facets: SearchFacets;
  readonly queryId: string;
  readonly next: RankedPosition | undefined;
}

const LOG_BATCH = 200;
const LOG_TIMEOUT_MS = 5000;

export function createSearch(deps: SearchDeps): Search {
  const log = createGroupCommit<SearchLogEntry, void>({
    commit: async (entries, call) => {
      await deps.searchLog.record(entries, call);
      return entries.map(() => undefined);
    },
    maxBatch: LOG_BATCH,
    timeoutMs: LOG_TIMEOUT_MS,
  });
  return {
    async search(query, call) {
      const begun = deps.clock.now();
      // The ranks are the catalogue's, wherever the documents come from.
      call.onSource?.('catalog');
      const outline = await (query.after === undefined
        ? rank(deps, query, call)
        : resume(deps, query, query.after, call));
      const items = await hydrate(deps, query, outline.entries, call);
      const { total, facets, next, queryId } = outline;
      const answer = { items, facets, total, next, queryId, tookMs: Math.max(0, deps.clock.now() - begun) };
      // The searcher does not wait for the log, and a log that fails fails no search.
      if (query.after === undefined) {
        log
          .submit(toLogEntry(query, answer, begun))
          .catch((error: unknown) => deps.telemetry.failed('search.log', error));
      }
      return answer;
    },
    suggest: (text, limit, call) => deps.textSearch.suggest(text, limit, call),
  };
}

async function rank(deps: SearchDeps, query: SearchQuery, call: Call): Promise<Outline> {
  const { text, filter, facets, sort, limit } = query;
  const asked: TextQuery = { text, filter, facets, sort, maxHits: RANKED_LIMIT };
  const result = await deps.textSearch.search(asked, call);
  const entries = result.hits.map(({ contentId, score }) => ({ id: contentId, score }));
  const queryId = deps.ids.next();
  const meta = { queryId, total: result.total, facets: result.facets as unknown as JsonObject };
  const next = await saveRest(deps.rankedLists, entries, limit, meta, call);
  return { entries: entries.slice(0, limit), total: result.total, facets: result.facets, queryId, next };
}

async function resume(
  deps: SearchDeps,
  query: SearchQuery,
  after: RankedPosition,
  call: Call,
): Promise<Outline> {
  const { entries, next, meta } = await nextSlice(deps.rankedLists, after, query.limit, call);
  return {
    entries,
    next,
    total: Number(meta.total),
    facets: (meta.facets ?? {}) as unknown as SearchFacets,
    queryId: String(meta.queryId),
  };
}

// A document that left the index since it was ranked leaves the page shorter.
async function hydrate(
  deps: SearchDeps,
  query: SearchQuery,
  entries: readonly RankedEntry[],
  call: Call,
): Promise<readonly FoundDocument[]> {
  const ids = entries.map(({ id }) => id);
  const [documents, highlights] = await Promise.all([
    deps.searchIndex.getMany(ids, call),
    query.highlight ? deps.textSearch.highlight(query.text, ids, call) : new Map<string, Highlights>(),
  ]);
  const byId = new Map(documents.map((document) => [document.contentId, document]));
  return entries.flatMap(({ id, score }) => {
    const document = byId.get(id);
    return document === undefined ? [] : { ...document, score, highlights: highlights.get(id) ?? null };
  });
}

function toLogEntry(query: SearchQuery, answer: SearchAnswer, atMs: number): SearchLogEntry {
  const { queryId, total, tookMs } = answer;
  return { queryId, text: query.text, filters: { ...query.filter }, total, tookMs, at: new Date(atMs) };
}
