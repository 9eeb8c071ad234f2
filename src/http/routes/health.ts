import type { Readiness } from '../../domain/readiness.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { uncountedResponses } from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';
import { UNCOUNTED } from './deps.ts';

type State = Awaited<ReturnType<Readiness['check']>>;

const tags = [TAGS.operations];

/** Adds the calls that orchestrators and balancers watch. */
export function addHealth(server: HttpServer, { readiness, draining }: RouteDeps): void {
  const live = {
    operationId: 'getLiveness',
    summary: 'Does the process run?',
    description: 'Asks no store.',
    tags,
    response: uncountedResponses({
      200: { description: 'It runs.', schema: ref('Liveness'), headers: ['cache-control'] },
    }),
  };
  server.get('/health/live', { schema: live, ...UNCOUNTED }, (_request, reply) => {
    void reply.header('cache-control', 'no-store').send({ status: 'live' });
  });

  const state = { schema: ref('Readiness'), headers: ['cache-control'] } as const;
  const ready = {
    operationId: 'getReadiness',
    summary: 'Can the service serve?',
    description:
      'As of at most a second ago. A store that the service can do without makes it `degraded`, which is still a 200; a service that is shutting down is `unavailable`.',
    tags,
    response: uncountedResponses({
      200: { ...state, description: 'It can, all of it or most of it.' },
      503: { ...state, description: 'It can not.' },
    }),
  };
  server.get('/health/ready', { schema: ready, ...UNCOUNTED }, async (_request, reply) => {
    const answer = whileDraining(await readiness.check(), draining.begun());
    reply.code(answer.status === 'unavailable' ? 503 : 200).header('cache-control', 'no-store');
    return answer;
  });
}

function whileDraining(state: State, draining: boolean): State {
  return draining ? { ...state, status: 'unavailable' } : state;
}
