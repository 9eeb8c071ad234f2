import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamodbSearchIndex } from '../../../src/adapters/dynamodb/search-index.ts';
import { aCall } from '../../support/call.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { aDocument, aPutDocument } from '../../support/search-builders.ts';

const dynamodb = useDynamodb();

function watchedIndex() {
  const { client, tables } = dynamodb();
  const told: { operation: string; message: string }[] = [];
  const telemetry = {
    failed: (operation: string, error: unknown) => void told.push({ operation, message: String(error) }),
  };
  const index = createDynamodbSearchIndex({ client, table: tables.search, indexShards: 1, telemetry });
  return { index, told, table: tables.search };
}

/** An item that somebody else put into the table; of version 4 unless it says otherwise. */
async function aForeignItem(attributes: Readonly<Record<string, unknown>>): Promise<string> {
  const { client, tables } = dynamodb();
  const contentId = `foreign-${randomUUID()}`;
  const Item = { contentId, source: 'program', version: 4, ...attributes };
  await client.send(new PutCommand({ TableName: tables.search, Item }));
  return contentId;
}

const WHOLE = {
  title: 't',
  description: 'd',
  typeName: 'movie',
  categoryName: 'c',
  languageTag: 'en',
  tags: [],
  popularityScore: 1,
  indexedAt: '2026-01-15T12:00:00.123Z',
};

const FOREIGN = [
  ['no source', { source: undefined }],
  ['a source that nobody has', { source: 'feed' }],
  ['no version', { version: undefined }],
  ['text for a version', { version: 'four' }],
  ['a version past what a number can tell', { ...WHOLE, version: 2n ** 60n }],
  ['no content', {}],
  ['a time that is none', { ...WHOLE, indexedAt: 'yesterday' }],
  ['a score that is none', { ...WHOLE, exactScore: 'high' }],
] as const;

describe('an item with', () => {
  it.each(FOREIGN)('%s is passed over by states and scan, which say so', async (_, attributes) => {
    const { index, told, table } = watchedIndex();
    const document = aDocument();
    await index.project([document], aCall());
    const contentId = await aForeignItem(attributes);
    expect(await index.states([contentId, document.contentId], aCall())).toEqual([
      { removed: false, document },
    ]);
    expect(told).toEqual([
      {
        operation: 'search.decode',
        message: `Error: 1 items of the table ${table} are no search documents: "${contentId}"`,
      },
    ]);
    const { states, next } = await index.scan(undefined, 10_000, aCall());
    expect(next).toBeUndefined();
    expect(states).toContainEqual({ removed: false, document });
    expect(told).toHaveLength(2);
  });

  it.each(FOREIGN.filter(([what]) => !what.startsWith('a version')))(
    '%s gives way to a refresh of its version, of either source',
    async (_, attributes) => {
      const { index, told } = watchedIndex();
      const program = aDocument({ contentId: await aForeignItem(attributes), version: 4 });
      const ofDocument = await aForeignItem({ source: 'document', ...attributes });
      const document = aPutDocument({ contentId: ofDocument, version: 4 });
      await index.project([program, document], aCall(), { refresh: true });
      const states = await index.states([program.contentId, document.contentId], aCall());
      expect(new Set(states)).toEqual(
        new Set([
          { removed: false, document: program },
          { removed: false, document },
        ]),
      );
      expect(told).toEqual([]);
    },
  );
});

describe('a cursor of a scan', () => {
  async function aCursor() {
    const { index } = watchedIndex();
    await index.project([aDocument(), aDocument(), aDocument()], aCall());
    const { next = '' } = await index.scan(undefined, 1, aCall());
    return { index, next };
  }

  it('is of use to another instance', async () => {
    const { next } = await aCursor();
    const { states } = await watchedIndex().index.scan(next, 1000, aCall());
    expect(states.length).toBeGreaterThan(1);
  });

  it.each([
    ['made up', () => 'prog-1'],
    ['empty', () => ''],
    ['cut off', (cursor: string) => cursor.slice(0, -4)],
    ['changed', (cursor: string) => `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}`],
    ['longer', (cursor: string) => `${cursor}AAAA`],
  ])('is refused when it is %s', async (_, spoil) => {
    const { index, next } = await aCursor();
    await expect(index.scan(spoil(next), 1, aCall())).rejects.toThrow(/not a cursor of a scan of the table/);
  });

  it('is refused by a scan of another table', async () => {
    const { next } = await aCursor();
    const { client, tables } = dynamodb();
    const other = createDynamodbSearchIndex({ client, table: tables.discovery, indexShards: 1 });
    await expect(other.scan(next, 1, aCall())).rejects.toThrow(RangeError);
  });
});
