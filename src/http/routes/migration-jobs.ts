import type { FastifyRequest } from 'fastify';
import { jobReport } from '../../domain/migration/reports.ts';
import type { JobKind, JobSettings } from '../../ports/migration-jobs.ts';
import { JOB_KINDS } from '../../ports/migration-jobs.ts';
import { takeJsonBodies } from '../plugins/body-parser.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { dataSetParams } from '../schemas/migration.ts';
import { jobParams, jobsQuery } from '../schemas/migration-jobs.ts';
import { responses, WITH_BODY, WITH_STORE } from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';
import { given } from './deps.ts';

const tags = [TAGS.migration];
const job = { schema: ref('MigrationJob'), headers: ['cache-control'] } as const;

const STARTS: Readonly<Record<JobKind, readonly [operationId: string, summary: string, about: string]>> = {
  backfill: ['startBackfill', 'Copy everything', 'Writes a copy of each key that has none, or an older one.'],
  verify: ['startVerification', 'Compare everything', 'Compares each key with its copy, both ways.'],
  repair: [
    'startRepair',
    'Mend wrong copies',
    'Compares each key with its copy and has wrong ones written anew.',
  ],
};

interface JobPatchInput extends Partial<JobSettings> {
  readonly state?: 'paused' | 'running';
}

/** Adds the calls for backfills, verifications and repairs. */
export async function addMigrationJobs(server: HttpServer, deps: RouteDeps): Promise<void> {
  for (const kind of JOB_KINDS) addStart(server, deps, kind);
  addList(server, deps);
  addGet(server, deps);
  addCancel(server, deps);
  await server.register(async (patching: HttpServer) => {
    takeJsonBodies(patching, ['application/merge-patch+json', 'application/json']);
    addPatch(patching, deps);
  });
}

function addStart(server: HttpServer, { app }: RouteDeps, kind: JobKind): void {
  const [operationId, summary, about] = STARTS[kind];
  const schema = {
    operationId,
    summary,
    description: `${about} The instances share the work, and it goes on after a restart. One that is not finished is answered in place of a new one.`,
    tags,
    params: dataSetParams,
    body: ref('JobSettings'),
    response: responses(
      {
        200: { ...job, description: 'One is under way already.' },
        202: { ...job, description: 'It is started.', headers: ['cache-control', 'location'] },
      },
      ...([...WITH_STORE, ...WITH_BODY, 'job-not-possible'] as const),
    ),
  };
  server.post(`/v1/migration/:dataSet/${kind}`, { schema }, async (request, reply) => {
    const { dataSet } = request.params;
    const settings = (request.body ?? {}) as Partial<JobSettings>;
    const wish = { kind, settings, startedBy: `api (request ${request.id})` };
    const started = await app.migration.startJob(dataSet, wish, request.call);
    reply.header('cache-control', 'no-store');
    if (started.created) reply.code(202).header('location', `/v1/migration/jobs/${started.job.jobId}`);
    return jobReport(started.job);
  });
}

function addList(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'listMigrationJobs',
    summary: 'Jobs',
    description: 'Backfills, verifications and repairs, newest first.',
    tags,
    querystring: jobsQuery,
    response: responses(
      { 200: { description: 'The jobs.', schema: ref('MigrationJobs'), headers: ['cache-control'] } },
      ...WITH_STORE,
    ),
  };
  server.get('/v1/migration/jobs', { schema }, async (request, reply) => {
    const { limit, ...filter } = request.query;
    reply.header('cache-control', 'no-store');
    return { items: (await app.migration.jobs(given(filter), limit, request.call)).map(jobReport) };
  });
}

function addGet(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'getMigrationJob',
    summary: 'How far a job is',
    description: 'With its rate and how long it will take.',
    tags,
    params: jobParams,
    response: responses(
      { 200: { ...job, description: 'The job.' } },
      ...([...WITH_STORE, 'job-not-found'] as const),
    ),
  };
  server.get('/v1/migration/jobs/:jobId', { schema }, async (request, reply) => {
    const found = await app.migration.job(request.params.jobId, request.call);
    reply.header('cache-control', 'no-store');
    return jobReport(found);
  });
}

function addPatch(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'patchMigrationJob',
    summary: 'Pause, resume or throttle a job',
    description: 'What has ended stays as it is, and is answered so.',
    tags,
    consumes: ['application/merge-patch+json', 'application/json'],
    params: jobParams,
    body: ref('JobPatch'),
    response: responses(
      { 200: { ...job, description: 'The job as it is now.' } },
      ...([...WITH_STORE, ...WITH_BODY, 'job-not-found'] as const),
    ),
  };
  server.patch('/v1/migration/jobs/:jobId', { schema }, async (request, reply) => {
    const { jobId } = request.params;
    const { state, ...settings } = request.body as JobPatchInput;
    const { migration } = app;
    let changed = await migration.changeJobSettings(jobId, settings, request.call);
    if (state !== undefined) {
      const change = state === 'paused' ? 'pause' : 'resume';
      changed = await migration.changeJob(jobId, change, reasonOf(request), request.call);
    }
    reply.header('cache-control', 'no-store');
    return jobReport(changed);
  });
}

function addCancel(server: HttpServer, { app }: RouteDeps): void {
  const schema = {
    operationId: 'cancelMigrationJob',
    summary: 'Cancel a job',
    description: 'What it did stays done, and it can still be asked for. One that has ended stays as it is.',
    tags,
    params: jobParams,
    response: responses(
      { 204: { description: 'It goes on no more.', headers: ['cache-control'] } },
      ...([...WITH_STORE, 'job-not-found'] as const),
    ),
  };
  server.delete('/v1/migration/jobs/:jobId', { schema }, async (request, reply) => {
    await app.migration.changeJob(request.params.jobId, 'cancel', reasonOf(request), request.call);
    return reply.code(204).header('cache-control', 'no-store').send();
  });
}

function reasonOf({ id }: FastifyRequest): string {
  return `api (request ${id})`;
}
