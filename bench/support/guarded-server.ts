import { fastify } from 'fastify';
import { createMemoryCounterStore } from '../../src/adapters/memory/counter-store.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { createApiGuard } from '../../src/domain/limits/api-guard.ts';
import { readPolicies } from '../../src/domain/limits/named-policy.ts';
import { createResilientCounters } from '../../src/domain/limits/resilient-counters.ts';
import { rateLimit } from '../../src/http/plugins/rate-limit.ts';

/**
 * A Fastify with one route that sends a small JSON; with policies as its argument, behind the guard with counters in memory; with
 * `fields`, with two fields as the guard has them and nothing else. Tells
 * its parent where, and, asked for it, the processor time that it has used in microseconds.
 */
const [policies = ''] = process.argv.slice(2);
const counters = createMemoryCounterStore({ clock: createSystemClock() });
const ignore = () => undefined;
const resilient = createResilientCounters({
  counters,
  local: counters,
  instances: () => 1,
  // Counters in memory never fail.
  replay: { note: async () => undefined, storeAnswered: ignore, settled: async () => undefined },
  onDegraded: ignore,
  onFault: ignore,
});
const server = fastify();
if (policies === 'fields') {
  server.addHook('onRequest', (_request, reply, done) => {
    reply
      .header('ratelimit-policy', '"burst";q=1000000000;w=1')
      .header('ratelimit', '"burst";r=999999999;t=1');
    done();
  });
} else if (policies !== '') {
  const guard = createApiGuard({ counters: resilient, onStoreError: 'local', onDecision: ignore });
  await server.register(rateLimit, { guard, policies: readPolicies(policies) });
}
server.get('/', () => ({ hello: 'world' }));
process.once('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.send?.(await server.listen({ host: '127.0.0.1', port: 0 }));
