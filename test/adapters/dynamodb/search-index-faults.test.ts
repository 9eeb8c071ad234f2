import { describe, expect, it } from 'vitest';
import { createDynamodbSearchIndex } from '../../../src/adapters/dynamodb/search-index.ts';
import { aCall } from '../../support/call.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { useLostAnswers } from '../../support/lost-answers.ts';
import { aContent } from '../../support/search-builders.ts';

const AT = new Date(0);

describe('an answer that is lost, so that the SDK repeats the write', () => {
  const dynamodb = useDynamodb();
  const loseAnswer = useLostAnswers();

  function indexes() {
    const { client, tables } = dynamodb();
    const of = (each: typeof client) =>
      createDynamodbSearchIndex({ client: each, table: tables.search, indexShards: 2 });
    return { index: of(client), losing: of(loseAnswer(dynamodb(), 'UpdateItem')) };
  }

  it('a first put says created and counts one version', async () => {
    const { index, losing } = indexes();
    const content = aContent();
    const put = await losing.put(content, AT, aCall());
    expect(put).toMatchObject({ outcome: 'created', document: { ...content, version: 1 } });
    expect(await index.get(content.contentId, aCall())).toMatchObject({ version: 1 });
  });

  it('a later put says updated and counts one version', async () => {
    const { index, losing } = indexes();
    const content = aContent();
    await index.put(content, AT, aCall());
    const put = await losing.put({ ...content, title: 'Newer' }, AT, aCall());
    expect(put).toMatchObject({ outcome: 'updated', document: { title: 'Newer', version: 2 } });
    expect(await index.get(content.contentId, aCall())).toMatchObject({ title: 'Newer', version: 2 });
  });

  it('a put after a removal says created', async () => {
    const { index, losing } = indexes();
    const content = aContent();
    await index.put(content, AT, aCall());
    await index.delete(content.contentId, aCall());
    const put = await losing.put(content, AT, aCall());
    expect(put).toMatchObject({ outcome: 'created', document: { version: 3 } });
  });

  it('a removal says deleted, with its version', async () => {
    const { index, losing } = indexes();
    const content = aContent();
    await index.put(content, AT, aCall());
    expect(await losing.delete(content.contentId, aCall())).toEqual({ outcome: 'deleted', version: 2 });
    expect(await index.delete(content.contentId, aCall())).toEqual({ outcome: 'absent' });
    expect(await index.put(content, AT, aCall())).toMatchObject({
      outcome: 'created',
      document: { version: 3 },
    });
  });

  it('what belongs to a program stays refused, and what is absent absent', async () => {
    const { index, losing } = indexes();
    const content = aContent();
    expect(await losing.delete(content.contentId, aCall())).toEqual({ outcome: 'absent' });
    const document = {
      ...content,
      popularityScore: 1,
      releaseDate: null,
      source: 'program',
      version: 7,
    } as const;
    await index.project([{ ...document, indexedAt: AT }], aCall());
    expect(await indexes().losing.put(content, AT, aCall())).toEqual({ outcome: 'owned-by-program' });
    expect(await indexes().losing.delete(content.contentId, aCall())).toEqual({
      outcome: 'owned-by-program',
    });
  });
});
