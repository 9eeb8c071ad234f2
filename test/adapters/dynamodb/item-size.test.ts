import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { itemBytes } from '../../../src/adapters/dynamodb/item-size.ts';
import { useDynamodb } from '../../support/dynamodb.ts';

describe('the size of an item', () => {
  it.each<[string, Record<string, AttributeValue>, number]>([
    ['nothing', {}, 0],
    ['texts and names are UTF-8', { é: { S: 'aé' } }, 5],
    ['digits go two in a byte', { n: { N: '1234' } }, 4],
    ['zeros around a number are free', { n: { N: '0.00120' } }, 3],
    ['a sign takes a byte', { n: { N: '-12' } }, 4],
    ['flags and nulls take a byte', { b: { BOOL: true }, n: { NULL: true } }, 4],
    ['bytes', { b: { B: new Uint8Array(10) } }, 11],
    ['a list has 3 bytes and one for each value', { l: { L: [{ S: 'ab' }, { S: '' }] } }, 8],
    ['a map has 3 bytes and one for each name', { m: { M: { ab: { S: 'c' } } } }, 8],
    ['sets', { s: { SS: ['ab', 'c'] }, n: { NS: ['1', '2'] }, b: { BS: [new Uint8Array(4)] } }, 14],
  ])('%s', (_, item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });
});

describe('the limit of the engine', () => {
  const dynamodb = useDynamodb();

  it('is reached at 409,600 bytes by the same reckoning', async () => {
    const { client, tables } = dynamodb();
    const rest = { key: { S: 'large' }, tags: { L: [{ S: 'a' }, { N: '12' }] }, isNew: { BOOL: true } };
    const text = (bytes: number) => ({ ...rest, text: { S: 'x'.repeat(bytes) } });
    const fits = text(409_600 - itemBytes(text(0)));
    expect(itemBytes(fits)).toBe(409_600);
    const put = (Item: Record<string, AttributeValue>) =>
      client.send(new PutItemCommand({ TableName: tables.rateLimits, Item }));
    await put(fits);
    await expect(put(text(409_601 - itemBytes(text(0))))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
