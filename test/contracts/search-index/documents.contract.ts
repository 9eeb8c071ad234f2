import { describe, expect, it } from 'vitest';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { aContent, HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { SearchIndexSubject } from './fixture.ts';
import { listed } from './fixture.ts';

const AT = new Date('2026-02-03T04:05:06.789Z');

export function documentsContract(subject: SearchIndexSubject): void {
  describe('documents that are no programs', () => {
    it('are created as version 1, with neutral ranking and the time given', async () => {
      const { index } = await subject();
      const content = aContent();
      const document = {
        ...content,
        popularityScore: 0,
        releaseDate: null,
        source: 'document',
        version: 1,
        indexedAt: AT,
      };
      expect(await index.put(content, AT, aCall())).toEqual({ outcome: 'created', document });
      expect(await index.get(content.contentId, aCall())).toEqual(document);
    });

    it('are replaced as a whole, as the next version', async () => {
      const { index } = await subject();
      const content = aContent();
      await index.put(content, new Date(0), aCall());
      const other = aContent({
        contentId: content.contentId,
        type: 'live',
        title: 'B',
        description: '',
        category: 'c',
        language: 'pt-BR',
        tags: [],
      });
      const replaced = await index.put(other, AT, aCall());
      expect(replaced).toMatchObject({
        outcome: 'updated',
        document: { ...other, version: 2, indexedAt: AT },
      });
      expect(await index.get(content.contentId, aCall())).toMatchObject({
        ...other,
        version: 2,
        indexedAt: AT,
      });
    });

    it('take the next version with each write, an equal one too', async () => {
      const { index } = await subject();
      const content = aContent();
      await index.put(content, AT, aCall());
      expect(await index.put(content, AT, aCall())).toMatchObject({
        outcome: 'updated',
        document: { version: 2 },
      });
    });

    it('are gone once deleted, and a second deletion finds them absent', async () => {
      const { index } = await subject();
      const { contentId } = aContent();
      await index.put(aContent({ contentId }), AT, aCall());
      expect(await index.delete(contentId, aCall())).toEqual({ outcome: 'deleted', version: 2 });
      expect(await index.get(contentId, aCall())).toBeUndefined();
      expect(await index.delete(contentId, aCall())).toEqual({ outcome: 'absent' });
    });

    it('go on counting versions after a deletion, and are created again', async () => {
      const { index } = await subject();
      const content = aContent();
      await index.put(content, AT, aCall());
      await index.delete(content.contentId, aCall());
      expect(await index.put(content, AT, aCall())).toMatchObject({
        outcome: 'created',
        document: { version: 3 },
      });
      expect(await index.put(content, AT, aCall())).toMatchObject({
        outcome: 'updated',
        document: { version: 4 },
      });
    });

    it('that were never there are absent to a deletion, which leaves nothing behind', async () => {
      const { index } = await subject();
      const content = aContent();
      expect(await index.delete(content.contentId, aCall())).toEqual({ outcome: 'absent' });
      expect(await index.put(content, AT, aCall())).toMatchObject({
        outcome: 'created',
        document: { version: 1 },
      });
    });

    it.each(HOSTILE_TEXTS)('come back as they were written: %j', async (text) => {
      const fixture = await subject();
      const { index } = fixture;
      const content = aContent({ title: text, description: text, category: text, tags: [text, `${text}2`] });
      await index.put(content, AT, aCall());
      expect(await index.get(content.contentId, aCall())).toMatchObject(content);
      await listed(fixture, async () => {
        const { items } = await index.list({ filter: { category: text }, limit: 100 }, aCall());
        expect(items.map((item) => item.contentId)).toContain(content.contentId);
      });
    });

    it('count every one of 200 concurrent writes, of which one creates', async () => {
      const { index } = await subject();
      const content = aContent();
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, (_, n) => index.put({ ...content, title: `t${n}` }, AT, aCall())),
      );
      expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
      const versions = outcomes.map((put) => ('document' in put ? put.document.version : 0));
      expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
      const last = outcomes.find((put) => 'document' in put && put.document.version === 200);
      expect(await index.get(content.contentId, aCall())).toEqual(
        last && 'document' in last && last.document,
      );
    });

    it('are deleted by one of 200 concurrent deletions', async () => {
      const { index } = await subject();
      const content = aContent();
      await index.put(content, AT, aCall());
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, () => index.delete(content.contentId, aCall())),
      );
      expect(outcomes.filter(({ outcome }) => outcome === 'deleted')).toEqual([
        { outcome: 'deleted', version: 2 },
      ]);
      expect(outcomes.filter(({ outcome }) => outcome === 'absent')).toHaveLength(199);
    });

    it('appear as often as they go when 200 writes and deletions race', async () => {
      const { index } = await subject();
      const content = aContent();
      const puts = Array.from({ length: 100 }, () => () => index.put(content, AT, aCall()));
      const deletes = Array.from({ length: 100 }, () => () => index.delete(content.contentId, aCall()));
      const mixed = puts.flatMap((put, n) => [put, deletes[n] ?? put]);
      const outcomes = await Promise.all(mixed.map((run): Promise<{ outcome: string }> => run()));
      const count = (wanted: string) => outcomes.filter(({ outcome }) => outcome === wanted).length;
      const isThere = (await index.get(content.contentId, aCall())) !== undefined;
      expect(count('created') - count('deleted')).toBe(isThere ? 1 : 0);
    });

    it('stay as they are when the caller has gone', async () => {
      const { index } = await subject();
      const content = aContent();
      const call = anAbortedCall();
      await expect(index.put(content, AT, call)).rejects.toBe(call.reason);
      expect(await index.get(content.contentId, aCall())).toBeUndefined();
    });
  });
}
