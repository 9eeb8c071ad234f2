import { expect, test } from 'vitest';
import { createPostgresCounterStore } from '../../../../src/adapters/postgres/counter-store.ts';
import { ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore } from '../../../../src/ports/counter-store.ts';
import { aRequest } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDatabase } from '../../../support/postgres.ts';

const database = useDatabase({ maxConnections: 16 });

const KEYS = ['a', 'b', 'c'].map((each) => anId(each));
const COUNTERS = KEYS.flatMap((key) =>
  ALGORITHMS.flatMap((algorithm) =>
    [100, 250].map((windowMs) => aRequest({ key, algorithm, windowMs, limit: 1_000_000 })),
  ),
);

/** On the server's clock, so that rows expire, go and are made again meanwhile. */
test('callers of several counters never wait for each other for ever, whatever others do', async () => {
  const store = createPostgresCounterStore(database().db);
  const work = async (worker: number) => {
    for (let round = 0; round < 40; round += 1) await act(store, worker, round);
  };
  await expect(Promise.all(Array.from({ length: 16 }, (_, worker) => work(worker)))).resolves.toHaveLength(
    16,
  );
});

async function act(store: CounterStore, worker: number, round: number): Promise<void> {
  const requests = aFew(worker, round);
  const [first = aRequest()] = requests;
  await store.consumeAll(worker % 2 ? requests : requests.toReversed(), aCall());
  const others = [
    () => store.refund(first, aCall()),
    () => store.consume({ ...first, permitId: anId('permit') }, aCall()),
    () => store.reset(first.key, aCall()),
    () => store.block(first.key, first.policy, 1, aCall()),
  ];
  await others[(worker + round) % 6]?.();
}

function aFew(worker: number, round: number): readonly CounterRequest[] {
  const turn = (worker * 7 + round * 5) % COUNTERS.length;
  const turned = [...COUNTERS.slice(turn), ...COUNTERS.slice(0, turn)];
  return turned
    .slice(0, 1 + ((worker + round) % 8))
    .map((each) => ({ ...each, permitId: `${worker} ${round}` }));
}
