import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, test, vi } from 'vitest';
import { createDynamodbActivityStore } from '../../../src/adapters/dynamodb/activity-store.ts';
import { openDynamo } from '../../../src/adapters/dynamodb/client.ts';
import { StoreThrottled, StoreTimeout } from '../../../src/domain/errors.ts';
import { aView, readRecent, readUnconfirmed, START_MS } from '../../contracts/activity-store/fixture.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

/** One request of an operation, and what would answer it. */
type Fault = (answer: () => Promise<unknown>) => Promise<unknown>;

type Fields = Record<string, unknown>;

/** Changes what is asked, what is answered, or both. */
type Twist = (input: Fields, answer: (input: Fields) => Promise<{ output: Fields }>) => Promise<unknown>;

/** What DynamoDB does and DynamoDB Local never: a client whose answers a test bends, below the SDK's own repeats. */
describe('DynamoDB ActivityStore under faults', () => {
  const dynamodb = useDynamodb();

  /** Programs and viewers are the test's own, since all tests share a table. */
  function aStore({ maxAttempts = 3 } = {}) {
    const { endpoint, region, tables } = dynamodb();
    const connection = { connectTimeoutMs: 5000, requestTimeoutMs: 5000, maxConnections: 50 };
    const client = openDynamo({ ...connection, endpoint, region, maxAttempts });
    const faults = new Map<string, Fault>();
    const twists = new Map<string, Twist>();
    const sent: { readonly operation: string; readonly input: Fields }[] = [];
    const operationOf = (commandName = '') => commandName.replace(/(Item)?Command$/, '');
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          sent.push({ operation: operationOf(commandName), input: args.input as unknown as Fields });
          const answer = () => next(args);
          const fault = faults.get(operationOf(commandName)) ?? answer;
          return (await fault(answer)) as Awaited<ReturnType<typeof next>>;
        },
      { step: 'deserialize', priority: 'high', name: 'faults' },
    );
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const answer = (input: Fields) => next({ ...args, input: input as unknown as typeof args.input });
          const twist = twists.get(operationOf(commandName)) ?? ((input) => answer(input));
          const twisted = await twist(args.input as unknown as Fields, answer as never);
          return twisted as Awaited<ReturnType<typeof next>>;
        },
      { step: 'initialize', name: 'twists' },
    );
    const clock = createFakeClock(START_MS);
    const pauses: number[] = [];
    const store = createDynamodbActivityStore({
      client,
      table: tables.activity,
      clock,
      ids: { next: randomUUID },
      indexShards: 2,
      pause: async (attempt) => void pauses.push(attempt),
    });
    const inputsOf = (operation: string) =>
      sent.filter((each) => each.operation === operation).map(({ input }) => input);
    return { store, faults, twists, pauses, inputsOf };
  }

  /** The first `times` requests end as `fault` says, the others as they would. */
  function first(times: number, fault: Fault): Fault {
    let seen = 0;
    return (answer) => {
      seen += 1;
      return seen <= times ? fault(answer) : answer();
    };
  }

  const cancelled =
    (...codes: readonly string[]): Fault =>
    () =>
      Promise.reject(
        new TransactionCanceledException({
          $metadata: {},
          message: 'Transaction cancelled',
          CancellationReasons: codes.map((Code) => ({ Code })),
        }),
      );

  const failing =
    (name: string): Fault =>
    () =>
      Promise.reject(Object.assign(new Error(`${name} it is`), { name, $metadata: {}, $fault: 'client' }));

  const answerLost: Fault = async (answer) => {
    await answer();
    throw Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });
  };

  async function totalOf(store: ReturnType<typeof aStore>['store'], programId: string) {
    return (await readUnconfirmed(store)).get(programId);
  }

  test.each([
    [['TransactionConflict', 'None']],
    [['None', 'ThrottlingError']],
    [['ProvisionedThroughputExceeded', 'None']],
  ])('a transaction cancelled for %j is the same when it is tried again', async (codes) => {
    const { store, faults, pauses, inputsOf } = aStore();
    const view = aView({ eventId: anId('e'), userId: anId('u') });
    faults.set('TransactWriteItems', first(3, cancelled(...codes)));
    expect(await store.recordViews([view], aCall())).toEqual(['counted']);
    expect(pauses).toEqual([0, 1, 2]);
    const tokens = inputsOf('TransactWriteItems').map(({ ClientRequestToken }) => ClientRequestToken);
    expect([tokens.length, new Set(tokens).size]).toEqual([4, 1]);
    expect(await totalOf(store, view.programId)).toBe(1);
  });

  test('a transaction that is always in conflict fails as throttled and leaves nothing', async () => {
    const { store, faults } = aStore();
    const view = aView({ eventId: anId('e'), userId: anId('u') });
    faults.set('TransactWriteItems', cancelled('TransactionConflict', 'None', 'None'));
    await expect(store.recordViews([view], aCall())).rejects.toThrow(StoreThrottled);
    faults.clear();
    expect(await totalOf(store, view.programId)).toBeUndefined();
    expect(await readRecent(store, view.userId ?? '')).toEqual([]);
    expect(await store.recordViews([view], aCall())).toEqual(['counted']);
  });

  test('an answer that is lost: the view, which has no event, counts once', async () => {
    const { store, faults, inputsOf } = aStore();
    const view = aView();
    faults.set('TransactWriteItems', first(1, answerLost));
    expect(await store.recordViews([view], aCall())).toEqual(['counted']);
    expect(inputsOf('TransactWriteItems')).toHaveLength(2);
    expect(await totalOf(store, view.programId)).toBe(1);
  });

  test('a call that fails since all answers are lost: a repeat with the event counts nothing twice', async () => {
    const { store, faults } = aStore({ maxAttempts: 1 });
    const view = aView({ eventId: anId('e'), userId: anId('u') });
    faults.set('TransactWriteItems', answerLost);
    await expect(store.recordViews([view], aCall())).rejects.toThrow(StoreTimeout);
    faults.clear();
    expect(await store.recordViews([view], aCall())).toEqual(['duplicate']);
    expect(await totalOf(store, view.programId)).toBe(1);
    expect(await readRecent(store, view.userId ?? '')).toHaveLength(1);
  });

  test('of several programs one fails: a repeat counts what is missing', async () => {
    const { store, faults } = aStore();
    const views = Array.from({ length: 5 }, () => aView({ eventId: anId('e') }));
    faults.set('TransactWriteItems', first(1, failing('AccessDeniedException')));
    await expect(store.recordViews(views, aCall())).rejects.toMatchObject({ code: 'store-refused' });
    const outcomes = await store.recordViews(views, aCall());
    expect(outcomes.filter((outcome) => outcome === 'counted')).toHaveLength(1);
    const totals = await readUnconfirmed(store);
    expect(views.map(({ programId }) => totals.get(programId))).toEqual([1, 1, 1, 1, 1]);
  });

  test('writes that meet a transaction are tried again: confirming, forgetting one and all', async () => {
    const { store, faults, pauses } = aStore();
    const userId = anId('u');
    const views = Array.from({ length: 3 }, () => aView({ userId }));
    await store.recordViews(views, aCall());
    const conflict = failing('TransactionConflictException');
    faults.set('Update', first(2, conflict));
    const [view = aView()] = views;
    await store.confirmTotals([{ programId: view.programId, total: 1 }], aCall());
    expect(await totalOf(store, view.programId)).toBeUndefined();
    faults.set('BatchWrite', first(2, conflict));
    await store.forgetRecentlyViewed(userId, view.programId, aCall());
    expect(await readRecent(store, userId)).toHaveLength(2);
    faults.set('BatchWrite', first(1, conflict));
    await store.forgetRecentlyViewed(userId, undefined, aCall());
    expect(await readRecent(store, userId)).toEqual([]);
    expect(pauses).toHaveLength(5);
  });

  test('what batches leave unprocessed is asked for again', async () => {
    const { store, twists, inputsOf } = aStore();
    const userId = anId('u');
    const views = Array.from({ length: 30 }, () => aView({ userId }));
    await store.recordViews(views, aCall());
    twists.set('BatchWrite', async (input, answer) => {
      const { table, done, left } = halves(input);
      const result = await answer({ ...input, RequestItems: { [table]: done } });
      if (left.length > 0) result.output.UnprocessedItems = { [table]: left };
      return result;
    });
    await store.forgetRecentlyViewed(userId, undefined, aCall());
    expect(await readRecent(store, userId)).toEqual([]);
    expect(inputsOf('BatchWrite').length).toBeGreaterThan(5);
    twists.set('BatchGet', async (input, answer) => {
      const { table, done, left } = halves(input);
      const result = await answer({
        ...input,
        RequestItems: { [table]: { ConsistentRead: true, Keys: done } },
      });
      if (left.length > 0) result.output.UnprocessedKeys = { [table]: { ConsistentRead: true, Keys: left } };
      return result;
    });
    const totals = await readUnconfirmed(store);
    expect(views.filter(({ programId }) => totals.get(programId) === 1)).toHaveLength(30);
  });

  /** What of a batch is done, and what is left; a single request is done. */
  function halves(input: Fields) {
    const [[table, asked] = ['', []]] = Object.entries(input.RequestItems as Record<string, unknown>);
    const all = (Array.isArray(asked) ? asked : (asked as { Keys: unknown }).Keys) as readonly unknown[];
    const half = Math.ceil(all.length / 2);
    return { table, done: all.slice(0, half), left: all.slice(half) };
  }

  test('an index that is behind: a total that was confirmed is not handed out, one that grew is as it is by now', async () => {
    const { store, twists } = aStore();
    const [confirmed, grown] = [aView(), aView()];
    await store.recordViews([confirmed, grown], aCall());
    const firstAnswers = new Map<string, unknown>();
    twists.set('Query', async (input, answer) => {
      const partition = JSON.stringify(input.ExpressionAttributeValues);
      const result = await answer(input);
      if (!firstAnswers.has(partition)) firstAnswers.set(partition, result.output.Items);
      result.output.Items = firstAnswers.get(partition);
      return result;
    });
    expect(await totalOf(store, confirmed.programId)).toBe(1);
    await store.confirmTotals([{ programId: confirmed.programId, total: 1 }], aCall());
    await store.recordViews([grown], aCall());
    const totals = await readUnconfirmed(store);
    expect([totals.get(confirmed.programId), totals.get(grown.programId)]).toEqual([undefined, 2]);
  });

  test.each(['ThrottlingException', 'ProvisionedThroughputExceededException'])(
    'reads that meet %s fail as throttled',
    async (name) => {
      const { store, faults } = aStore({ maxAttempts: 1 });
      faults.set('Query', failing(name));
      const reads = [
        store.trending({ window: '1h', filter: {}, limit: 10 }, aCall()),
        store.trendingCategories('1h', 10, aCall()),
        store.recentlyViewed('u', 10, undefined, aCall()),
        store.unconfirmedTotals(10, aCall()),
      ];
      for (const read of await Promise.allSettled(reads)) {
        expect(read).toEqual({ status: 'rejected', reason: expect.any(StoreThrottled) });
      }
      faults.clear();
      expect(await store.trendingCategories('1h', 10, aCall())).toBeDefined();
    },
  );

  describe('trimming lists, which every 64th view of a viewer asks for', () => {
    /** The one call whose views make the store trim a list, and how it reads lists. */
    function trimming(queries: Fault) {
      const { store, faults, inputsOf } = aStore();
      faults.set('Query', queries);
      const userId = anId('u');
      const views = Array.from({ length: 64 }, () => aView({ userId, programId: 'p', eventId: anId('e') }));
      return { store, views, queries: () => inputsOf('Query').length };
    }

    test('does not fail the views when it fails', async () => {
      const { store, views, queries } = trimming(failing('AccessDeniedException'));
      expect(await store.recordViews(views, aCall())).toEqual(views.map(() => 'counted'));
      await vi.waitFor(() => expect(queries()).toBe(1));
    });

    test('does not hold the views up, nor goes on twice at once', async () => {
      const { store, views, queries } = trimming(() => new Promise(() => undefined));
      for (const outcome of ['counted', 'duplicate', 'duplicate'])
        expect(await store.recordViews(views, aCall())).toEqual(views.map(() => outcome));
      expect(queries()).toBe(1);
    });
  });

  test('a caller that leaves does not stop what others wait for', async () => {
    const { store, faults } = aStore();
    const programId = anId('p');
    const held = Promise.withResolvers<void>();
    faults.set('TransactWriteItems', async (answer) => {
      await held.promise;
      return answer();
    });
    const caller = new AbortController();
    const reason = new Error('gone');
    const begun = store.recordViews([aView({ programId })], aCall());
    const left = store.recordViews([aView({ programId })], { signal: caller.signal });
    const waiting = store.recordViews([aView({ programId })], aCall());
    caller.abort(reason);
    await expect(left).rejects.toBe(reason);
    held.resolve();
    expect(await Promise.all([begun, waiting])).toEqual([['counted'], ['counted']]);
    expect(await totalOf(store, programId)).toBe(2);
  });
});
