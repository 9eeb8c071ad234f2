import type { Discovery } from '../../domain/discovery/discovery.ts';
import type { ListPosition, Page } from '../../domain/page.ts';
import { canonicalLanguage } from '../../domain/program/check-values.ts';
import { isProgramPosition } from '../../domain/program/program-query.ts';
import { isRankedPosition } from '../../domain/ranked-paging.ts';
import type { Call } from '../../ports/call.ts';
import type { CursorContext } from '../cursors.ts';
import { decodeCursor, nextCursor } from '../cursors.ts';
import type { HotRead } from '../reads.ts';
import { LISTS, sendHot } from '../reads.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { newestQuery, popularQuery, trendingCategoriesQuery, trendingQuery } from '../schemas/discovery.ts';
import { readHeaders } from '../schemas/headers.ts';
import { responses, TAGGED_HEADERS, WITH_CURSOR, WITH_STORE } from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';
import { given } from './deps.ts';

const hot = { config: { hot: true } } as const;

/** Adds the lists that viewers browse. All are answered from memory for up to a second. */
export function addDiscovery(server: HttpServer, deps: RouteDeps): void {
  addPopular(server, deps);
  addTrending(server, deps);
  addTrendingCategories(server, deps);
  addNewest(server, deps);
  addCategories(server, deps);
}

function described(
  operationId: string,
  summary: string,
  description: string,
  schema: string,
  paged: boolean,
) {
  return {
    operationId,
    summary,
    description,
    tags: [TAGS.discovery],
    headers: readHeaders,
    response: responses(
      {
        200: { description: 'The list.', schema: ref(schema), headers: TAGGED_HEADERS },
        304: { description: '`If-None-Match` names this very list.', headers: TAGGED_HEADERS },
      },
      ...([...WITH_STORE, ...(paged ? WITH_CURSOR : []), 'malformed-header', 'version-conflict'] as const),
    ),
  };
}

function addPopular(server: HttpServer, { app, cache }: RouteDeps): void {
  const about =
    'Programs by popularity score, highest first, ties by id. Later pages follow the order that the first page saw, for 15 minutes.';
  const schema = {
    ...described('listPopular', 'Popular programs', about, 'ProgramPage', true),
    querystring: popularQuery,
  };
  server.get('/v1/discovery/popular', { schema, ...hot }, (request, reply) => {
    const { limit, category, cursor } = request.query;
    const language = canonical(request.query.language);
    const make = async (call: Call) => {
      const filter = given({ category, language });
      const context: CursorContext = { ...filter, call: 'popular' };
      const page = await app.discovery.popular({ ...filter, limit, ...rankedAfter(context, cursor) }, call);
      return pageOf(context, page);
    };
    sendHot(cache, listRead('popular', [limit, category, language, cursor], make), request, reply);
  });
}

function addTrending(server: HttpServer, { app, cache }: RouteDeps): void {
  const about =
    'Programs by time-decayed number of views, highest first, ties by id; programs without views are not in it. Follows views within a second. Later pages follow the order that the first page saw, for 15 minutes.';
  const schema = {
    ...described('listTrending', 'Trending programs', about, 'TrendingPage', true),
    querystring: trendingQuery,
  };
  server.get('/v1/discovery/trending', { schema, ...hot }, (request, reply) => {
    const { limit, cursor, window, category, contentType } = request.query;
    const language = canonical(request.query.language);
    const make = async (call: Call) => {
      const filter = given({ category, language, contentType });
      const context: CursorContext = { ...filter, call: 'trending', window };
      const query = { window, filter, limit, ...rankedAfter(context, cursor) };
      return pageOf(context, await app.discovery.trending(query, call));
    };
    const parameters = [limit, window, category, language, contentType, cursor];
    sendHot(cache, listRead('trending', parameters, make), request, reply);
  });
}

function addTrendingCategories(server: HttpServer, { app, cache }: RouteDeps): void {
  const about = 'Categories by the time-decayed views of their programs, highest first, ties by name.';
  const schema = {
    ...described('listTrendingCategories', 'Trending categories', about, 'CategoryTrends', false),
    querystring: trendingCategoriesQuery,
  };
  server.get('/v1/discovery/trending/categories', { schema, ...hot }, (request, reply) => {
    const { window, limit } = request.query;
    const make = async (call: Call) => ({
      value: { items: await app.discovery.trendingCategories(window, limit, call) },
    });
    sendHot(cache, listRead('trending-categories', [window, limit], make), request, reply);
  });
}

function addNewest(server: HttpServer, { app, cache }: RouteDeps): void {
  const about = 'Programs that are out, newest release first, ties by id.';
  const schema = {
    ...described('listNewest', 'New programs', about, 'ProgramPage', true),
    querystring: newestQuery,
  };
  server.get('/v1/discovery/new', { schema, ...hot }, (request, reply) => {
    const { limit, cursor, category, contentType } = request.query;
    const language = canonical(request.query.language);
    const make = async (call: Call) => {
      const filter = given({ category, language, contentType });
      const context: CursorContext = { ...filter, call: 'new' };
      const query = { filter, limit, ...newestAfter(context, cursor) };
      return pageOf(context, await app.discovery.newest(query, call));
    };
    const parameters = [limit, category, language, contentType, cursor];
    sendHot(cache, listRead('new', parameters, make), request, reply);
  });
}

function addCategories(server: HttpServer, { app, cache }: RouteDeps): void {
  const about = 'Each category that has programs, with their number: most first, ties by name.';
  const schema = described('listCategories', 'Categories', about, 'CategoryCounts', false);
  server.get('/v1/discovery/categories', { schema, ...hot }, (request, reply) => {
    const make = async (call: Call) => ({ value: { items: await app.discovery.categories(call) } });
    sendHot(cache, listRead('categories', [], make), request, reply);
  });
}

/** A language in canonical form, so that every way to write a tag finds the same programs. */
function canonical(language: string | undefined): string | undefined {
  return language === undefined ? undefined : canonicalLanguage(language);
}

/** No parameter has a line feed in it, so none can pass for two. */
function listRead(
  name: string,
  parameters: readonly (string | number | undefined)[],
  make: HotRead['make'],
): HotRead {
  return { key: `${name}\n${parameters.join('\n')}`, group: LISTS, make };
}

function pageOf(context: CursorContext, page: Page<unknown, ListPosition>) {
  return { value: { items: page.items, nextCursor: nextCursor(context, page.next) } };
}

function rankedAfter(
  context: CursorContext,
  cursor: string | undefined,
): Pick<Parameters<Discovery['popular']>[0], 'after'> {
  return cursor === undefined ? {} : { after: decodeCursor(context, cursor, isRankedPosition) };
}

function newestAfter(
  context: CursorContext,
  cursor: string | undefined,
): Pick<Parameters<Discovery['newest']>[0], 'after'> {
  if (cursor === undefined) return {};
  return { after: decodeCursor(context, cursor, (value) => isProgramPosition('-releaseDate', value)) };
}
