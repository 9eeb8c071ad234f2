import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createDynamodbHotProgramStore } from '../../../../src/adapters/dynamodb/hot-program-store.ts';
import { aName, cardsOf, MINUTE_MS, START_MS } from '../../../contracts/hot-program-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import type { TestDynamodb } from '../../../support/dynamodb.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { useLostAnswers } from '../../../support/lost-answers.ts';

describe('a list that is made the current one by a write whose answer is lost', () => {
  const dynamodb = useDynamodb();
  const loseAnswer = useLostAnswers();
  const WHOLE = { offset: 0, limit: 1_000 };

  function aStore(client: TestDynamodb['client']) {
    return createDynamodbHotProgramStore({
      client,
      table: dynamodb().tables.discovery,
      clock: createFakeClock(START_MS),
      ids: { next: randomUUID },
      indexShards: 1,
    });
  }

  it('is the current one, the SDK having repeated the write', async () => {
    const name = aName();
    const cards = cardsOf(3);
    await aStore(loseAnswer(dynamodb(), 'PutItem')).saveList(name, cards, MINUTE_MS, aCall());
    expect((await aStore(dynamodb().client).list(name, WHOLE, aCall()))?.cards).toEqual(cards);
  });

  it.each([0, 1])(
    'does not come back over a newer one, %i lists having been there before',
    async (before) => {
      const name = aName();
      const store = aStore(dynamodb().client);
      for (let n = 0; n < before; n += 1) await store.saveList(name, cardsOf(1), MINUTE_MS, aCall());
      const newer = cardsOf(5);
      const slow = aStore(
        loseAnswer(dynamodb(), 'PutItem', () => store.saveList(name, newer, MINUTE_MS, aCall())),
      );
      await slow.saveList(name, cardsOf(3), MINUTE_MS, aCall());
      expect((await store.list(name, WHOLE, aCall()))?.cards).toEqual(newer);
    },
  );
});
