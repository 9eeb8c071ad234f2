import { canonicalLanguage } from '../../domain/program/check-values.ts';
import type { Program } from '../../domain/program/program.ts';
import type { ProgramQuery } from '../../domain/program/program-query.ts';
import { isProgramPosition } from '../../domain/program/program-query.ts';
import type { CursorContext } from '../cursors.ts';
import { decodeCursor, nextCursor } from '../cursors.ts';
import { versionTag, writeCondition } from '../etags.ts';
import { createOnce } from '../idempotency.ts';
import { locationOf } from '../locations.ts';
import { takeJsonBodies } from '../plugins/body-parser.ts';
import { markRead, programGroup, sendHot } from '../reads.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { createHeaders, putHeaders, readHeaders, writeHeaders } from '../schemas/headers.ts';
import { programParams, programQuery } from '../schemas/program.ts';
import {
  READ_HEADERS,
  responses,
  TAGGED_HEADERS,
  WITH_BODY,
  WITH_CURSOR,
  WITH_STORE,
} from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';
import { given } from './deps.ts';

const tags = [TAGS.programs];
const program = ref('Program');
const written = { schema: program, headers: ['etag', 'cache-control'] } as const;

/** Adds the calls that read and write programs one by one, and the catalogue query. */
export async function addPrograms(server: HttpServer, deps: RouteDeps): Promise<void> {
  addCreate(server, deps);
  addGet(server, deps);
  addPut(server, deps);
  addDelete(server, deps);
  addList(server, deps);
  addBatchGet(server, deps);
  // Only this call takes merge patches: elsewhere the media type is a 415.
  await server.register(async (patching: HttpServer) => {
    takeJsonBodies(patching, ['application/merge-patch+json', 'application/json']);
    addPatch(patching, deps);
  });
}

function addCreate(server: HttpServer, deps: RouteDeps): void {
  const schema = {
    operationId: 'createProgram',
    summary: 'Create a program',
    description: 'Without a `programId` one is made. With an `Idempotency-Key` it can be sent again safely.',
    tags,
    headers: createHeaders,
    body: ref('ProgramInput'),
    response: responses(
      {
        201: {
          ...written,
          description: 'It was created.',
          headers: [...written.headers, 'location', 'idempotent-replayed'],
        },
      },
      ...([...WITH_STORE, ...WITH_BODY, 'malformed-header', 'program-exists'] as const),
      ...(['idempotency-key-reused', 'idempotency-key-in-flight'] as const),
    ),
  };
  server.post('/v1/programs', { schema, bodyLimit: deps.options.entityBytes }, (request, reply) =>
    createOnce(deps, request, reply),
  );
}

function addGet(server: HttpServer, { app, cache }: RouteDeps): void {
  const schema = {
    operationId: 'getProgram',
    summary: 'Get a program',
    description: 'Answered from memory for up to a second; a write through this instance is seen at once.',
    tags,
    headers: readHeaders,
    params: programParams,
    response: responses(
      {
        200: { description: 'The program.', schema: program, headers: TAGGED_HEADERS },
        304: { description: '`If-None-Match` names what is stored.', headers: TAGGED_HEADERS },
      },
      ...([...WITH_STORE, 'malformed-header', 'program-not-found', 'version-conflict'] as const),
    ),
  };
  server.get('/v1/programs/:programId', { schema, config: { hot: true } }, (request, reply) => {
    const { programId } = request.params;
    const make = async (call: Parameters<typeof app.programs.get>[1]) => {
      const value = await app.programs.get(programId, call);
      return { value, etag: versionTag(value.version) };
    };
    sendHot(cache, { key: programGroup(programId), group: programGroup(programId), make }, request, reply);
  });
}

function addPut(server: HttpServer, { app, options }: RouteDeps): void {
  const schema = {
    operationId: 'putProgram',
    summary: 'Create or replace a program',
    description:
      '`If-Match` writes only over the version named; `If-None-Match: *` creates only. Writing what is stored already changes nothing.',
    tags,
    headers: putHeaders,
    params: programParams,
    body: ref('ProgramInput'),
    response: responses(
      {
        200: { ...written, description: 'It was replaced.' },
        201: { ...written, description: 'It was created.', headers: [...written.headers, 'location'] },
      },
      ...([...WITH_STORE, ...WITH_BODY, 'malformed-header', 'version-conflict'] as const),
    ),
  };
  server.put(
    '/v1/programs/:programId',
    { schema, bodyLimit: options.entityBytes },
    async (request, reply) => {
      const { programId } = request.params;
      const condition = writeCondition(request.headers, true);
      const put = await app.programs.replace(programId, request.body, condition, request.call);
      if (put.created) reply.code(201).header('location', locationOf(programId));
      reply.headers(writtenHeaders(put.program));
      return put.program;
    },
  );
}

function addPatch(server: HttpServer, { app, options }: RouteDeps): void {
  const schema = {
    operationId: 'patchProgram',
    summary: 'Change fields of a program',
    description: 'A JSON merge patch (RFC 7396): `null` empties a field, an object merges, the rest stays.',
    tags,
    consumes: ['application/merge-patch+json', 'application/json'],
    headers: writeHeaders,
    params: programParams,
    body: ref('ProgramPatch'),
    response: responses(
      { 200: { ...written, description: 'The program as it is now.' } },
      ...([
        ...WITH_STORE,
        ...WITH_BODY,
        'malformed-header',
        'program-not-found',
        'version-conflict',
      ] as const),
    ),
  };
  server.patch(
    '/v1/programs/:programId',
    { schema, bodyLimit: options.entityBytes },
    async (request, reply) => {
      const condition = writeCondition(request.headers, false);
      const patched = await app.programs.patch(
        request.params.programId,
        request.body,
        condition,
        request.call,
      );
      reply.headers(writtenHeaders(patched));
      return patched;
    },
  );
}

function addDelete(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'deleteProgram',
    summary: 'Delete a program',
    description: 'It is gone from every list; its version goes on counting if it is written again.',
    tags,
    headers: writeHeaders,
    params: programParams,
    response: responses(
      { 204: { description: 'It is deleted.', headers: ['cache-control'] } },
      ...([...WITH_STORE, 'malformed-header', 'program-not-found', 'version-conflict'] as const),
    ),
  };
  server.delete('/v1/programs/:programId', { schema }, async (request, reply) => {
    const condition = writeCondition(request.headers, false);
    await app.programs.remove(request.params.programId, condition, request.call);
    return reply.code(204).header('cache-control', 'no-store').send();
  });
}

function addList(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'listPrograms',
    summary: 'Query the catalogue',
    description: 'Programs that meet every filter given, in a total order.',
    tags,
    querystring: programQuery,
    response: responses(
      { 200: { description: 'A page.', schema: ref('ProgramPage'), headers: READ_HEADERS } },
      ...([...WITH_STORE, ...WITH_CURSOR] as const),
    ),
  };
  server.get('/v1/programs', { schema }, async (request, reply) => {
    const begun = performance.now();
    const { limit, cursor, sort, language, ...rest } = request.query;
    const filter = given({ ...rest, language: language && canonicalLanguage(language) });
    const context: CursorContext = { ...filter, call: 'programs', sort };
    const query: ProgramQuery = { filter, sort, limit, ...after(context, sort, cursor) };
    const page = await app.programs.list(query, request.call);
    markRead(reply, begun, 'second');
    return { items: page.items, nextCursor: nextCursor(context, page.next) };
  });
}

function after(context: CursorContext, sort: ProgramQuery['sort'], cursor: string | undefined) {
  if (cursor === undefined) return {};
  return { after: decodeCursor(context, cursor, (value) => isProgramPosition(sort, value)) };
}

function addBatchGet(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'batchGetPrograms',
    summary: 'Get programs by id',
    description: 'In the order asked for; those that do not exist are listed in `missing`.',
    tags,
    body: ref('ProgramIds'),
    response: responses(
      { 200: { description: 'The programs.', schema: ref('FoundPrograms'), headers: READ_HEADERS } },
      ...([...WITH_STORE, ...WITH_BODY] as const),
    ),
  };
  server.post('/v1/programs/batch-get', { schema }, async (request, reply) => {
    const begun = performance.now();
    const { programIds } = request.body as { programIds: readonly string[] };
    const found = await app.programs.getMany(programIds, request.call);
    markRead(reply, begun, 'none');
    return found;
  });
}

function writtenHeaders({ version }: Program) {
  return { etag: versionTag(version), 'cache-control': 'no-store' };
}
