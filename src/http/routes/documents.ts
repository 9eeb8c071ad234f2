import type { ListPosition } from '../../domain/page.ts';
import { canonicalLanguage } from '../../domain/program/check-values.ts';
import { isId } from '../../domain/program/program.ts';
import type { BatchPutResult } from '../../domain/search/documents.ts';
import type { CursorContext } from '../cursors.ts';
import { decodeCursor, nextCursor } from '../cursors.ts';
import { validationProblem } from '../problems.ts';
import { markRead } from '../reads.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { READ_HEADERS, responses, WITH_BODY, WITH_STORE } from '../schemas/respond.ts';
import { documentParams, documentQuery } from '../schemas/search.ts';
import type { HttpServer, RouteDeps } from './deps.ts';
import { given } from './deps.ts';

const tags = [TAGS.search];
const document = ref('SearchDocument');

/** Adds the calls for search documents that are no programs. */
export function addDocuments(server: HttpServer, deps: RouteDeps): void {
  addPut(server, deps);
  addGet(server, deps);
  addDelete(server, deps);
  addBatch(server, deps);
  addList(server, deps);
}

function addPut(server: HttpServer, { app, options }: RouteDeps): void {
  const schema = {
    operationId: 'putDocument',
    summary: 'Write a search document',
    description:
      'For content that is no program: programs enter the index by themselves. Found once answered.',
    tags,
    params: documentParams,
    body: ref('DocumentInput'),
    response: responses(
      {
        200: { description: 'It was replaced.', schema: document, headers: ['cache-control'] },
        201: { description: 'It was created.', schema: document, headers: ['cache-control', 'location'] },
      },
      ...([...WITH_STORE, ...WITH_BODY, 'document-owned-by-program'] as const),
    ),
  };
  const route = { schema, bodyLimit: options.entityBytes };
  server.put('/v1/search/documents/:contentId', route, async (request, reply) => {
    const { contentId } = request.params;
    const put = await app.documents.put(contentId, request.body, request.call);
    reply.header('cache-control', 'no-store');
    if (put.created) {
      reply.code(201).header('location', `/v1/search/documents/${encodeURIComponent(contentId)}`);
    }
    return put.document;
  });
}

function addGet(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'getDocument',
    summary: 'Get a search document',
    description: 'Those of programs as well.',
    tags,
    params: documentParams,
    response: responses(
      { 200: { description: 'The document.', schema: document, headers: READ_HEADERS } },
      ...([...WITH_STORE, 'document-not-found'] as const),
    ),
  };
  server.get('/v1/search/documents/:contentId', { schema }, async (request, reply) => {
    const begun = performance.now();
    const found = await app.documents.get(request.params.contentId, request.call);
    markRead(reply, begun, 'second');
    return found;
  });
}

function addDelete(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'deleteDocument',
    summary: 'Delete a search document',
    description: 'Those of programs go with their program.',
    tags,
    params: documentParams,
    response: responses(
      { 204: { description: 'It is deleted.', headers: ['cache-control'] } },
      ...([...WITH_STORE, 'document-not-found', 'document-owned-by-program'] as const),
    ),
  };
  server.delete('/v1/search/documents/:contentId', { schema }, async (request, reply) => {
    await app.documents.remove(request.params.contentId, request.call);
    return reply.code(204).header('cache-control', 'no-store').send();
  });
}

function addBatch(server: HttpServer, { app, options }: RouteDeps): void {
  const schema = {
    operationId: 'putDocuments',
    summary: 'Write many search documents',
    description: 'Each is checked and written on its own; the results are in order.',
    tags,
    body: ref('DocumentBatch'),
    response: responses(
      {
        200: {
          description: 'What became of each.',
          schema: ref('DocumentBatchResult'),
          headers: ['cache-control'],
        },
      },
      ...([...WITH_STORE, ...WITH_BODY] as const),
    ),
  };
  const route = { schema, bodyLimit: options.batchBytes };
  server.post('/v1/search/documents/batch', route, async (request, reply) => {
    const { documents } = request.body as { documents: readonly unknown[] };
    const results = await app.documents.putMany(documents, request.call);
    reply.header('cache-control', 'no-store');
    return { items: results.map(resultOf) };
  });
}

function resultOf(result: BatchPutResult) {
  if (result.outcome !== 'rejected') return result;
  const { faults, ...rest } = result;
  return faults === undefined ? rest : { ...rest, errors: faults };
}

function addList(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'listDocuments',
    summary: 'Look search documents up',
    description: 'By content type, category or language: at least one of them. By id, unranked.',
    tags,
    querystring: documentQuery,
    response: responses(
      { 200: { description: 'A page.', schema: ref('DocumentPage'), headers: READ_HEADERS } },
      ...([...WITH_STORE, 'invalid-cursor'] as const),
    ),
  };
  server.get('/v1/search/documents', { schema }, async (request, reply) => {
    const begun = performance.now();
    const { limit, cursor, language, ...rest } = request.query;
    const filter = given({ ...rest, language: language && canonicalLanguage(language) });
    if (Object.keys(filter).length === 0) throw missingFilter();
    const context: CursorContext = { ...filter, call: 'documents' };
    const [after] = cursor === undefined ? [] : decodeCursor(context, cursor, isDocumentPosition);
    const page = await app.documents.list({ filter, limit, ...given({ after }) }, request.call);
    markRead(reply, begun, 'second');
    return { items: page.items, nextCursor: nextCursor(context, page.next) };
  });
}

function missingFilter() {
  const message = 'must have at least one of contentType, category, language';
  return validationProblem([{ path: '', in: 'query', message }]);
}

function isDocumentPosition(value: ListPosition): value is readonly [contentId: string] {
  return value.length === 1 && isId(value[0]);
}
