import type { ViewInput } from '../../domain/discovery/view-input.ts';
import type { ListPosition } from '../../domain/page.ts';
import { isId } from '../../domain/program/program.ts';
import type { RecentPosition } from '../../ports/activity-store.ts';
import type { CursorContext } from '../cursors.ts';
import { decodeCursor, nextCursor } from '../cursors.ts';
import { createItemCheck } from '../plugins/validation.ts';
import { markRead } from '../reads.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { recentQuery, userParams, userProgramParams } from '../schemas/discovery.ts';
import { programParams } from '../schemas/program.ts';
import { READ_HEADERS, responses, WITH_BODY, WITH_STORE } from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';

const tags = [TAGS.views];

/** Adds the calls about what viewers do. */
export function addViews(server: HttpServer, deps: RouteDeps): void {
  addRecord(server, deps);
  addRecordMany(server, deps);
  addRecent(server, deps);
  addForget(server, deps);
}

function addRecord(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'recordView',
    summary: 'Count a view',
    description: 'Answered once the view is durable. A repeated `eventId` counts once.',
    tags,
    params: programParams,
    body: ref('View'),
    response: responses(
      {
        202: { description: 'The view is durable.', schema: ref('ViewOutcome'), headers: ['cache-control'] },
      },
      ...([...WITH_STORE, ...WITH_BODY, 'program-not-found'] as const),
    ),
  };
  server.post('/v1/programs/:programId/views', { schema }, async (request, reply) => {
    const view = { ...(request.body as Omit<ViewInput, 'programId'>), programId: request.params.programId };
    const outcome = await app.views.record(view, request.call);
    reply.code(202).header('cache-control', 'no-store');
    return { outcome };
  });
}

function addRecordMany(server: HttpServer, { app, options }: RouteDeps): void {
  const schema = {
    operationId: 'recordViews',
    summary: 'Count many views',
    description: 'Each view is checked on its own: a wrong one is reported and the others count.',
    tags,
    body: ref('ViewBatch'),
    response: responses(
      {
        202: {
          description: 'The views are durable.',
          schema: ref('ViewBatchResult'),
          headers: ['cache-control'],
        },
      },
      ...([...WITH_STORE, ...WITH_BODY] as const),
    ),
  };
  const check = createItemCheck(ref('ProgramView'));
  server.post('/v1/views/batch', { schema, bodyLimit: options.batchBytes }, async (request, reply) => {
    const { views } = request.body as { views: readonly unknown[] };
    const checked = views.map((view, index) => ({ view: view as ViewInput, index, message: check(view) }));
    const good = checked.filter(({ message }) => message === undefined);
    const wrong = checked.flatMap(({ index, message }) => (message === undefined ? [] : { index, message }));
    const recorded = await app.views.recordMany(
      good.map(({ view }) => view),
      request.call,
    );
    // The domain counts within what it was given; the client counts within what it sent.
    const refused = recorded.rejected.map((item) => ({
      ...item,
      index: good[item.index]?.index ?? item.index,
    }));
    reply.code(202).header('cache-control', 'no-store');
    return { ...recorded, rejected: [...wrong, ...refused].sort((a, b) => a.index - b.index) };
  });
}

function addRecent(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'listRecentlyViewed',
    summary: 'What a viewer saw',
    description: 'Newest first, each program once, as of its last view. Programs deleted since are left out.',
    tags,
    params: userParams,
    querystring: recentQuery,
    response: responses(
      { 200: { description: 'A page.', schema: ref('RecentPage'), headers: READ_HEADERS } },
      ...([...WITH_STORE, 'invalid-cursor'] as const),
    ),
  };
  server.get('/v1/users/:userId/recently-viewed', { schema }, async (request, reply) => {
    const begun = performance.now();
    const { userId } = request.params;
    const { limit, cursor } = request.query;
    const context: CursorContext = { call: 'recently-viewed', userId };
    const after = cursor === undefined ? undefined : decodeCursor(context, cursor, isRecentPosition);
    const page = await app.views.recentlyViewed(userId, limit, after, request.call);
    markRead(reply, begun, 'none');
    return { items: page.items, nextCursor: nextCursor(context, page.next) };
  });
}

function isRecentPosition(value: ListPosition): value is RecentPosition {
  const [viewedAtMs, programId] = value;
  return value.length === 2 && isTime(viewedAtMs) && isId(programId);
}

/** Whether a value is a moment that a date can hold (ECMAScript, "Time Values and Time Range"), from 1970 on. */
function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 8.64e15;
}

function addForget(server: HttpServer, { app }: RouteDeps): void {
  const response = responses(
    { 204: { description: 'It is forgotten, or was not there.', headers: ['cache-control'] } },
    ...WITH_STORE,
  );
  const about = 'Totals and trends stay.';
  const all = {
    operationId: 'forgetRecentlyViewed',
    summary: 'Forget what a viewer saw',
    description: about,
    tags,
    params: userParams,
    response,
  };
  server.delete('/v1/users/:userId/recently-viewed', { schema: all }, async (request, reply) => {
    await app.views.forget(request.params.userId, undefined, request.call);
    return reply.code(204).header('cache-control', 'no-store').send();
  });
  const one = {
    ...all,
    operationId: 'forgetRecentlyViewedProgram',
    summary: 'Forget that a viewer saw a program',
    params: userProgramParams,
  };
  server.delete('/v1/users/:userId/recently-viewed/:programId', { schema: one }, async (request, reply) => {
    const { userId, programId } = request.params;
    await app.views.forget(userId, programId, request.call);
    return reply.code(204).header('cache-control', 'no-store').send();
  });
}
