import type { InTickBatch } from '../../../domain/tick-batches.ts';
import { createTickBatches } from '../../../domain/tick-batches.ts';
import type { CounterRequest, Decision } from '../../../ports/counter-store.ts';
import { toStoreError, withStoreErrors } from '../store-errors.ts';
import { toDecision } from './answers.ts';
import type { CounterServer } from './server.ts';

/**
 * Of what the server does for a check, 4 in a statement save half, 8 two thirds, 16 three quarters, and 32 hardly more. A statement holds the
 * rows of all its requests until its end: who waits for the row that everybody asks for makes the others of his batch wait, and those
 * who ask for theirs. So no more than pays.
 */
const MOST_AT_ONCE = 16;

/** Takes units for plain requests; `isBatching`: those of one turn of the event loop in one statement. */
export function createConsumePlain(
  server: CounterServer,
  isBatching: boolean,
): InTickBatch<CounterRequest, Decision> {
  const consumeOne: InTickBatch<CounterRequest, Decision> = async (request, call) =>
    toDecision(request, await server.consumePlain(request, call));
  if (!isBatching) return (request, call) => withStoreErrors(() => consumeOne(request, call));

  return createTickBatches({
    most: MOST_AT_ONCE,
    run: async (requests, call) => {
      const [first, second] = requests;
      if (first && !second) return [await consumeOne(first, call)];
      const answers = await server.consumeEach(requests, call);
      return requests.map((request, place) => toDecision(request, answers[place]));
    },
    toError: toStoreError,
  });
}
