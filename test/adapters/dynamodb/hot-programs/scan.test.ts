import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { HotEntry, HotProgramStore } from '../../../../src/ports/hot-program-store.ts';
import { aProgram, cardsOf, MINUTE_MS, putAll } from '../../../contracts/hot-program-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import type { RawItem } from './subject.ts';
import { aStore } from './subject.ts';

const dynamodb = useDynamodb();

async function scanAll(store: HotProgramStore, limit: number): Promise<readonly HotEntry[]> {
  const { entries, next } = await store.scan(undefined, limit, aCall());
  const found = [...entries];
  for (let cursor = next; cursor !== undefined; ) {
    const page = await store.scan(cursor, limit, aCall());
    found.push(...page.entries);
    cursor = page.next;
  }
  return found;
}

it('a table of lists alone has nothing, however many pages that takes', async () => {
  const { store } = aStore(dynamodb());
  await store.saveList(anId('list'), cardsOf(200), MINUTE_MS, aCall());
  expect(await scanAll(store, 1)).toEqual([]);
});

/** Changes to an item of version 4, with what a scan tells of it. */
const HEADS: Readonly<Record<string, readonly [change: RawItem, told: Partial<HotEntry>]>> = {
  'a text for its end': [{ expiresAt: { S: '2100' } }, { version: 4, state: 'undecodable' }],
  'a version with a fraction': [{ version: { N: '4.5' } }, { version: 4.5, state: 'undecodable' }],
  'a text for a version': [{ version: { S: '4' } }, { version: undefined, state: 'undecodable' }],
  'a tombstone without a version': [
    { version: { NULL: true }, deleted: { BOOL: true } },
    { version: undefined, state: 'undecodable' },
  ],
  'an end that has passed': [{ expiresAt: { N: '1' } }, {}],
  'a number for a title, which is not in the head': [{ title: { N: '1' } }, { version: 4, state: 'live' }],
};

describe('an item that is none of ours', () => {
  it.each(Object.entries(HEADS))('by %s', async (_, [change, told]) => {
    const { store, plant, rawItem } = aStore(dynamodb());
    const { programId, ...program } = aProgram({ version: 4 });
    await store.put({ programId, ...program }, {}, aCall());
    await plant({ ...(await rawItem(programId)), ...change });
    const found = (await scanAll(store, 100)).filter((entry) => entry.programId === programId);
    expect(found).toEqual('state' in told ? [{ programId, ...told }] : []);
  });

  it('for want of a version, as the guide writes them, is undecodable', async () => {
    const { store, plant } = aStore(dynamodb());
    const programId = anId();
    await plant({ programId: { S: programId }, title: { S: 'T' }, category: { S: 'Drama' } });
    expect(await scanAll(store, 100)).toContainEqual({ programId, version: undefined, state: 'undecodable' });
  });
});

describe('what a scan asks for', () => {
  it('is the head of items, as many at once as DynamoDB takes', async () => {
    const asked: unknown[] = [];
    const { store } = aStore(dynamodb(), ({ input }) => {
      asked.push(input);
      return { Items: [], LastEvaluatedKey: { programId: { S: 'a' } } };
    });
    const { next } = await store.scan(undefined, 50, aCall());
    await store.scan(next, 2 ** 40, aCall());
    const common = {
      TableName: dynamodb().tables.discovery,
      ProjectionExpression: '#programId, #version, #deleted, #expiresAt',
    };
    expect(asked).toMatchObject([
      { ...common, Limit: 50 },
      { ...common, Limit: 6400, ExclusiveStartKey: { programId: { S: 'a' } } },
    ]);
    expect(asked[0]).not.toHaveProperty('ExclusiveStartKey');
  });

  it('goes on after an item that is gone', async () => {
    const { client, tables } = dynamodb();
    const { store } = aStore(dynamodb());
    const programs = Array.from({ length: 20 }, () => aProgram());
    await putAll(store, programs);
    const first = await store.scan(undefined, 4, aCall());
    for (const { programId } of first.entries)
      await client.send(
        new DeleteItemCommand({ TableName: tables.discovery, Key: { programId: { S: programId } } }),
      );
    const found = [...first.entries];
    for (let cursor = first.next; cursor !== undefined; ) {
      const page = await store.scan(cursor, 4, aCall());
      found.push(...page.entries);
      cursor = page.next;
    }
    const ids = found.map(({ programId }) => programId);
    expect(ids).toEqual(expect.arrayContaining(programs.map(({ programId }) => programId)));
  });
});
