import { counterName } from '../../../domain/limits/counter-name.ts';
import type { PlainRequest } from '../../../domain/limits/plain-request.ts';
import type { InTickBatch } from '../../../domain/tick-batches.ts';
import { createTickBatches } from '../../../domain/tick-batches.ts';
import type { Call } from '../../../ports/call.ts';
import type { Decision } from '../../../ports/counter-store.ts';
import { toStoreError, withStoreErrors } from '../store-errors.ts';
import { readAnswer, readAnswers } from './answer.ts';
import { CONSUME_SCRIPTS, consumeEachScript } from './consuming.ts';
import type { CounterServer } from './server.ts';

/** While one script runs, some 0.15 ms for so many, the server does nothing else; meanwhile the client reads the answers to others. */
const MOST_AT_ONCE = 32;

/**
 * Takes units for plain requests. Those of one turn of the event loop go in one script: of what a script costs the server, the counter is the
 * smaller part. In a cluster, where their keys are in different slots, and with `batching` off each goes by itself.
 */
export function createConsumePlain(server: CounterServer): InTickBatch<PlainRequest, Decision> {
  if (!server.isBatching) return (request, call) => withStoreErrors(() => consumeOne(server, request, call));
  return createTickBatches({
    most: MOST_AT_ONCE,
    run: async (requests, call) => {
      const [first, second] = requests;
      if (first && !second) return [await consumeOne(server, first, call)];
      return await consumeEach(server, requests, call);
    },
    toError: toStoreError,
  });
}

function consumeOne(server: CounterServer, request: PlainRequest, call: Call): Promise<Decision> {
  const { key, policy, cost } = request;
  const args = [server.driven(), server.slackMs, counterName(policy), policy.limit, policy.windowMs, cost];
  const run = CONSUME_SCRIPTS[policy.algorithm];
  return run(server.client, [server.hashOf(key)], args, call).then((reply) => readAnswer(request, reply));
}

async function consumeEach(
  server: CounterServer,
  requests: readonly PlainRequest[],
  call: Call,
): Promise<readonly Decision[]> {
  const keys = requests.map(({ key }) => server.hashOf(key));
  const args = [server.driven(), server.slackMs, ...listed(requests)];
  return readAnswers(requests, await consumeEachScript(server.client, keys, args, call));
}

/** The requests of a moment are mostly of few policies: each is sent once. */
function listed(requests: readonly PlainRequest[]): readonly (string | number)[] {
  const numbers = new Map<string, number>();
  const policies: (string | number)[] = [];
  const asked: (string | number)[] = [];
  for (const { policy, cost } of requests) {
    const field = counterName(policy);
    const name = `${field} ${policy.limit}`;
    const number = numbers.get(name) ?? numbers.size + 1;
    if (number > numbers.size) {
      numbers.set(name, number);
      policies.push(policy.algorithm, field, policy.limit, policy.windowMs);
    }
    asked.push(number, cost);
  }
  return [numbers.size, ...policies, ...asked];
}
