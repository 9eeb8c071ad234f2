import { phaseReport, statusReport } from '../../domain/migration/reports.ts';
import type { Phase } from '../../ports/phase-store.ts';
import { epochTag, expectedEpoch } from '../etags.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { writeHeaders } from '../schemas/headers.ts';
import { dataSetParams, differencesQuery, historyQuery, parkedQuery } from '../schemas/migration.ts';
import { responses, WITH_BODY, WITH_STORE } from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';
import { given } from './deps.ts';
import { addMigrationJobs } from './migration-jobs.ts';

const tags = [TAGS.migration];
const uncached = ['cache-control'] as const;

/** A step waits until every instance acts on the record before it, and then on its own: two leases each at most. */
const STEP_DEADLINE_MS = 30_000;

interface PhaseInput {
  readonly phase: Phase;
  readonly readPercent?: number;
  readonly force?: boolean;
  readonly reason?: string;
}

/** Adds the calls by which operators follow a migration and take its steps. */
export async function addMigration(server: HttpServer, deps: RouteDeps): Promise<void> {
  addStatuses(server, deps);
  addStatus(server, deps);
  addPhase(server, deps);
  addHistory(server, deps);
  addDifferences(server, deps);
  addParked(server, deps);
  await addMigrationJobs(server, deps);
}

function addStatuses(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'listMigrations',
    summary: 'Where the migrations stand',
    description:
      'Each data set with its phase, its copies, its jobs, and what stands in the way of the next step.',
    tags,
    response: responses(
      { 200: { description: 'All data sets.', schema: ref('Migrations'), headers: uncached } },
      ...WITH_STORE,
    ),
  };
  server.get('/v1/migration', { schema }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return { items: (await app.migration.status(request.call)).map(statusReport) };
  });
}

function addStatus(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'getMigration',
    summary: 'Where a migration stands',
    description:
      'The `ETag` names the control record, for `If-Match` of the next step; the rest moves on under it.',
    tags,
    params: dataSetParams,
    response: responses(
      { 200: { description: 'It.', schema: ref('MigrationStatus'), headers: ['etag', ...uncached] } },
      ...WITH_STORE,
    ),
  };
  server.get('/v1/migration/:dataSet', { schema }, async (request, reply) => {
    const status = await app.migration.statusOf(request.params.dataSet, request.call);
    reply.headers({ etag: epochTag(status.record.epoch), 'cache-control': 'no-store' });
    return statusReport(status);
  });
}

function addPhase(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'putMigrationPhase',
    summary: 'Take a step',
    description:
      'One phase forwards or back, or another share of reads. Forwards it must be earned; back it is free. Answered when every live instance acts on it. What is in force already changes nothing.',
    tags,
    headers: writeHeaders,
    params: dataSetParams,
    body: ref('PhaseChange'),
    response: responses(
      { 200: { description: 'In force.', schema: ref('MigrationPhase'), headers: ['etag', ...uncached] } },
      ...([...WITH_STORE, ...WITH_BODY] as const),
      ...(['malformed-header', 'version-conflict', 'phase-not-reachable'] as const),
    ),
  };
  const route = { schema, config: { deadlineMs: STEP_DEADLINE_MS } };
  server.put('/v1/migration/:dataSet/phase', route, async (request, reply) => {
    const { dataSet } = request.params;
    const { reason, ...step } = request.body as PhaseInput;
    const current = async () => (await app.migration.history(dataSet, 1, request.call))[0]?.epoch ?? 0;
    const epoch = await expectedEpoch(request.headers, current);
    const why = `${reason ?? ''} (request ${request.id})`.trim();
    const wish = { ...step, ...given({ epoch }), changedBy: 'api', reason: why };
    const record = await app.migration.changePhase(dataSet, wish, request.call);
    reply.headers({ etag: epochTag(record.epoch), 'cache-control': 'no-store' });
    return phaseReport(dataSet, record);
  });
}

function addHistory(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'listMigrationHistory',
    summary: 'What was changed',
    description: 'Every change of the control record, those that the service made by itself included.',
    tags,
    params: dataSetParams,
    querystring: historyQuery,
    response: responses(
      { 200: { description: 'The changes.', schema: ref('MigrationHistory'), headers: uncached } },
      ...WITH_STORE,
    ),
  };
  server.get('/v1/migration/:dataSet/history', { schema }, async (request, reply) => {
    const { dataSet } = request.params;
    const records = await app.migration.history(dataSet, request.query.limit, request.call);
    reply.header('cache-control', 'no-store');
    return { items: records.map((record) => phaseReport(dataSet, record)) };
  });
}

function addDifferences(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'listMigrationDifferences',
    summary: 'Copies that were found wrong',
    description:
      'By reads that were compared, and by verifications. Names keys, versions and places; never values.',
    tags,
    params: dataSetParams,
    querystring: differencesQuery,
    response: responses(
      { 200: { description: 'The copies.', schema: ref('MigrationDifferences'), headers: uncached } },
      ...WITH_STORE,
    ),
  };
  server.get('/v1/migration/:dataSet/differences', { schema }, async (request, reply) => {
    const { class: name, jobId: foundBy, limit } = request.query;
    const filter = given({ class: name, foundBy });
    reply.header('cache-control', 'no-store');
    return { items: await app.migration.differences(request.params.dataSet, filter, limit, request.call) };
  });
}

function addParked(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'listParkedKeys',
    summary: 'Copies that can not be made',
    description:
      'Each with what went wrong. They are read from the catalogue; writing the program again, or a repair, tries anew.',
    tags,
    params: dataSetParams,
    querystring: parkedQuery,
    response: responses(
      { 200: { description: 'The keys.', schema: ref('ParkedKeys'), headers: uncached } },
      ...WITH_STORE,
    ),
  };
  server.get('/v1/migration/:dataSet/parked', { schema }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return {
      items: await app.migration.parked(request.params.dataSet, request.query.limit, request.call),
    };
  });
}
