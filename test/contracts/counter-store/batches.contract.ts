import { expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore, Decision } from '../../../src/ports/counter-store.ts';
import { aCall } from '../../support/call.ts';
import { aRequest } from './fixture.ts';

/** For stores that ask together for what is asked in one turn of the event loop. */
export function batchContract(make: () => Promise<CounterStore>): void {
  test.each(COUNTING_ALGORITHMS)('%s: of one key are taken one after the other', async (algorithm) => {
    const store = await make();
    const request = aRequest({ algorithm, limit: 10 });
    const costs = [11, 4, 7, 5, 2, 1, 1];
    const decisions = await consumeAtOnce(
      store,
      costs.map((cost) => ({ ...request, cost })),
    );
    expect(decisions.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [false, 10],
      [true, 6],
      [false, 6],
      [true, 1],
      [false, 1],
      [true, 0],
      [false, 0],
    ]);
    expect(await store.peek(request, aCall())).toMatchObject({ allowed: false, remaining: 0 });
  });
}

export function consumeAtOnce(
  store: CounterStore,
  requests: readonly CounterRequest[],
): Promise<readonly Decision[]> {
  return Promise.all(requests.map((request) => store.consume(request, aCall())));
}

export function times<Item>(count: number, make: (index: number) => Item): readonly Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
