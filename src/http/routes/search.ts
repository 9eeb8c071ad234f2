import { canonicalLanguage } from '../../domain/program/check-values.ts';
import { isRankedPosition } from '../../domain/ranked-paging.ts';
import type { SearchQuery } from '../../domain/search/search.ts';
import { FACETS } from '../../ports/text-search.ts';
import type { CursorContext } from '../cursors.ts';
import { decodeCursor, nextCursor } from '../cursors.ts';
import { markRead } from '../reads.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { READ_HEADERS, responses, WITH_CURSOR, WITH_STORE } from '../schemas/respond.ts';
import { searchQuery, suggestQuery } from '../schemas/search.ts';
import type { HttpServer, RouteDeps } from './deps.ts';
import { given } from './deps.ts';

const tags = [TAGS.search];

/** Adds full text and suggestions. */
export function addSearch(server: HttpServer, deps: RouteDeps): void {
  addFullText(server, deps);
  addSuggest(server, deps);
}

function addFullText(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'search',
    summary: 'Full text',
    description:
      'Ranked. Later pages follow the order that the first page saw, for 15 minutes, and end after 1,000 documents; `total` counts all. Not kept by caches: each search has a `queryId` of its own.',
    tags,
    querystring: searchQuery,
    response: responses(
      { 200: { description: 'A page.', schema: ref('SearchPage'), headers: READ_HEADERS } },
      ...([...WITH_STORE, ...WITH_CURSOR] as const),
    ),
  };
  server.get('/v1/search', { schema }, async (request, reply) => {
    const begun = performance.now();
    const { q, facets, sort, limit, highlight, cursor, language, ...rest } = request.query;
    const filter = given({ ...rest, language: language && canonicalLanguage(language) });
    const wanted = new Set(facets?.split(','));
    const context: CursorContext = { ...filter, call: 'search', q, sort };
    const query: SearchQuery = {
      text: q,
      filter,
      facets: FACETS.filter((facet) => wanted.has(facet)),
      sort,
      limit,
      highlight,
      ...(cursor !== undefined && { after: decodeCursor(context, cursor, isRankedPosition) }),
    };
    const { next, ...answer } = await app.search.search(query, request.call);
    markRead(reply, begun, 'none');
    return { ...answer, nextCursor: nextCursor(context, next) };
  });
}

function addSuggest(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'suggest',
    summary: 'Titles as you type',
    description: 'Titles that continue the text. Accents and case do not count.',
    tags,
    querystring: suggestQuery,
    response: responses(
      { 200: { description: 'The titles.', schema: ref('Suggestions'), headers: READ_HEADERS } },
      ...WITH_STORE,
    ),
  };
  server.get('/v1/search/suggest', { schema }, async (request, reply) => {
    const begun = performance.now();
    const { q, limit } = request.query;
    const items = await app.search.suggest(q, limit, request.call);
    markRead(reply, begun, 'second');
    return { items };
  });
}
