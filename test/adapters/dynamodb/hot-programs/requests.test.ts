import { describe, expect, it } from 'vitest';
import { StoreThrottled } from '../../../../src/domain/errors.ts';
import { aName, aProgram, cardsOf, MINUTE_MS, putAll } from '../../../contracts/hot-program-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import type { Request } from './subject.ts';
import { aStore } from './subject.ts';

const dynamodb = useDynamodb();

type Part<Kind> = Readonly<Record<string, Kind>>;
type GetPart = Part<{
  readonly Keys: readonly Part<{ readonly S: string }>[];
  readonly ConsistentRead: boolean;
}>;

function keysOf(request: Request): readonly string[] {
  const [part] = Object.values(request.input.RequestItems as GetPart);
  return (part?.Keys ?? []).map((key) => key.programId?.S ?? '');
}

describe('batches', () => {
  it('have at most 100 keys and no key twice', async () => {
    const batches: (readonly string[])[] = [];
    const { store } = aStore(dynamodb(), (request, proceed) => {
      batches.push(keysOf(request));
      return proceed();
    });
    const ids = Array.from({ length: 250 }, () => anId());
    await store.getMany([...ids, ...ids], aCall());
    expect(batches.map((keys) => keys.length)).toEqual([100, 100, 50]);
    expect(new Set(batches.flat())).toEqual(new Set(ids));
  });

  it('are not sent for no ids', async () => {
    const { store } = aStore(dynamodb(), () => expect.unreachable('nothing is asked for'));
    expect(await store.getMany([], aCall())).toEqual([]);
    expect(await store.getMany(['', '#list#x'], aCall())).toEqual([{ outcome: 'miss' }, { outcome: 'miss' }]);
  });

  it('ask again, after growing pauses, for the keys that were left unprocessed', async () => {
    const asked: number[] = [];
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const { store, pauses } = aStore(dynamodb(), (request) => {
      const [table = ''] = Object.keys(request.input.RequestItems as GetPart);
      const keys = keysOf(request);
      asked.push(keys.length);
      const [now = '', ...later] = keys;
      return {
        Responses: { [table]: [{ programId: { S: now }, version: { N: '2' }, deleted: { BOOL: true } }] },
        UnprocessedKeys:
          later.length === 0 ? {} : { [table]: { Keys: later.map((id) => ({ programId: { S: id } })) } },
      };
    });
    const reads = await store.getMany(ids, aCall());
    expect(reads).toEqual(ids.map(() => ({ outcome: 'tombstone', version: 2 })));
    expect(asked).toEqual([5, 4, 3, 2, 1]);
    expect(pauses).toEqual([0, 1, 2, 3]);
  });

  it('of which nothing is ever processed end as throttled', async () => {
    const { store } = aStore(dynamodb(), ({ input }) => ({ UnprocessedKeys: input.RequestItems }));
    await expect(store.getMany(['a'], aCall())).rejects.toBeInstanceOf(StoreThrottled);
  });

  it('of a list are written again in part until all is written, and the pointer after them', async () => {
    const name = aName();
    const cards = cardsOf(320);
    const written: (string | number)[] = [];
    const { tables } = dynamodb();
    const { store, pauses } = aStore(dynamodb(), async ({ name: command, input }, proceed) => {
      if (command === 'PutItemCommand') written.push('pointer');
      if (command !== 'BatchWriteItemCommand') return proceed();
      const [requests = []] = Object.values(
        input.RequestItems as Part<readonly { PutRequest: { Item: never } }[]>,
      );
      written.push(requests.length);
      const [now, ...later] = requests;
      if (now !== undefined) await aStore(dynamodb()).plant(now.PutRequest.Item);
      return { UnprocessedItems: later.length === 0 ? {} : { [tables.discovery]: later } };
    });
    await store.saveList(name, cards, MINUTE_MS, aCall());
    expect(written).toEqual([7, 6, 5, 4, 3, 2, 1, 'pointer']);
    expect(pauses).toHaveLength(6);
    expect((await store.list(name, { offset: 0, limit: 1_000 }, aCall()))?.cards).toEqual(cards);
  });

  it('of a list that could not be written leave the list as it was', async () => {
    const name = aName();
    const cards = cardsOf(120);
    await aStore(dynamodb()).store.saveList(name, cards, MINUTE_MS, aCall());
    const { store } = aStore(dynamodb(), ({ name: command, input }, proceed) =>
      command === 'BatchWriteItemCommand' ? { UnprocessedItems: input.RequestItems } : proceed(),
    );
    await expect(store.saveList(name, cardsOf(70), MINUTE_MS, aCall())).rejects.toBeInstanceOf(
      StoreThrottled,
    );
    expect((await store.list(name, { offset: 0, limit: 1_000 }, aCall()))?.cards).toEqual(cards);
  });
});

describe('a list whose chunks a replica does not have yet', () => {
  it('is read from them strongly consistent, and is not there if they are gone', async () => {
    const name = aName();
    const cards = cardsOf(200);
    await aStore(dynamodb()).store.saveList(name, cards, MINUTE_MS, aCall());
    const lagging = (isGone: boolean) =>
      aStore(dynamodb(), ({ name: command, input }, proceed) => {
        if (command !== 'BatchGetItemCommand') return proceed();
        const [part] = Object.values(input.RequestItems as GetPart);
        return part?.ConsistentRead === true && !isGone ? proceed() : { Responses: {} };
      }).store;
    const query = { offset: 30, limit: 150 };
    expect((await lagging(false).list(name, query, aCall()))?.cards).toEqual(cards.slice(30, 180));
    expect(await lagging(true).list(name, query, aCall())).toBeUndefined();
  });
});

describe('a call that is given up', () => {
  it.each(['get', 'getMany', 'topByCategory', 'list', 'put', 'delete', 'scan', 'saveList'] as const)(
    'while DynamoDB does not answer: %s rejects with the reason, and DynamoDB hears of it',
    async (method) => {
      const controller = new AbortController();
      const heard: (AbortSignal | undefined)[] = [];
      const { store } = aStore(dynamodb(), ({ signal }) => {
        heard.push(signal);
        queueMicrotask(() => controller.abort(new Error('nobody waits')));
        return new Promise(() => undefined);
      });
      const call = { signal: controller.signal };
      const program = aProgram();
      const run = {
        get: () => store.get('a', call),
        getMany: () => store.getMany(['a'], call),
        topByCategory: () => store.topByCategory('a', 1, undefined, call),
        list: () => store.list('a', { offset: 0, limit: 1 }, call),
        put: () => store.put(program, {}, call),
        delete: () => store.delete(program, call),
        scan: () => store.scan(undefined, 10, call),
        saveList: () => store.saveList('a', [], MINUTE_MS, call),
      }[method];
      await expect(run()).rejects.toThrow('nobody waits');
      expect(heard.length).toBeGreaterThan(0);
      for (const signal of heard) expect(signal).toBe(controller.signal);
    },
  );
});

describe('a program whose score falls while its category is read', () => {
  it('comes once, where it was', async () => {
    const category = aName();
    const [passing, ties] = [100, 7].map((popularityScore) =>
      Array.from({ length: 30 }, () => aProgram({ category, popularityScore })),
    );
    const falling = aProgram({ category, popularityScore: 50 });
    let queries = 0;
    const { store, clock } = aStore(
      dynamodb(),
      async ({ name }, proceed) => {
        if (name !== 'QueryCommand') return proceed();
        queries += 1;
        if (queries === 2) await store.put({ ...falling, version: 2, popularityScore: 1 }, {}, aCall());
        return proceed();
      },
      1,
    );
    await Promise.all((passing ?? []).map((program) => store.put(program, { ttlMs: MINUTE_MS }, aCall())));
    clock.advance(MINUTE_MS);
    await putAll(store, [...(ties ?? []), falling]);
    const page = await store.topByCategory(category, 50, undefined, aCall());
    expect(queries).toBe(2);
    const ids = page.items.map(({ programId }) => programId);
    expect(ids[0]).toBe(falling.programId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(31);
  });
});

describe('a category of which very much has expired', () => {
  it('is read in pages of a size that DynamoDB takes', async () => {
    const limits: number[] = [];
    const { store } = aStore(
      dynamodb(),
      ({ input }) => {
        limits.push(Number(input.Limit));
        return { Items: [], ...(limits.length < 40 && { LastEvaluatedKey: { programId: { S: 'a' } } }) };
      },
      1,
    );
    expect((await store.topByCategory('a', 1_000, undefined, aCall())).items).toEqual([]);
    expect(limits).toHaveLength(40);
    // `Limit` is a 32-bit integer (API Reference, `Query`).
    expect(Math.max(...limits)).toBeLessThan(2 ** 31);
  });
});

interface Consumed {
  readonly CapacityUnits: number;
}

describe('what a read consumes', () => {
  it('is half a unit for a program, at most 2 for 50 cards of a list and at most 5 for the top 20 of a category', async () => {
    const units: number[] = [];
    const { store } = aStore(dynamodb(), async ({ input }, proceed) => {
      input.ReturnConsumedCapacity = 'TOTAL';
      const answer = (await proceed()) as { ConsumedCapacity?: Consumed | Consumed[] };
      units.push(...[answer.ConsumedCapacity ?? []].flat().map(({ CapacityUnits }) => CapacityUnits));
      return answer;
    });
    const consumed = async (run: () => Promise<unknown>) => {
      units.length = 0;
      await run();
      return units.reduce((total, one) => total + one, 0);
    };
    const category = aName();
    const programs = Array.from({ length: 200 }, (_, n) =>
      aProgram({
        programId: `film-${n}`,
        category,
        popularityScore: (n * 7919) % 1_009,
        description: 'An extract of an article. '.repeat(30),
        thumbnailUrl: `https://upload.wikimedia.org/wikipedia/commons/thumb/a/ab/${anId()}.jpg/320px-poster-of-the-film-${n}.jpg`,
      }),
    );
    await putAll(store, programs);
    const name = aName();
    await store.saveList(name, programs, MINUTE_MS, aCall());
    expect(await consumed(() => store.get(programs[0]?.programId ?? '', aCall()))).toBe(0.5);
    expect(await consumed(() => store.list(name, { offset: 0, limit: 50 }, aCall()))).toBeLessThanOrEqual(2);
    expect(await consumed(() => store.list(name, { offset: 50, limit: 50 }, aCall()))).toBeLessThanOrEqual(2);
    const top = await consumed(() => store.topByCategory(category, 20, undefined, aCall()));
    expect(top).toBeLessThanOrEqual(5);
    expect(top).toBeGreaterThan(0);
  });
});
