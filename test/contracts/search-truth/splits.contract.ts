import { describe, expect, it } from 'vitest';
import { compareText } from '../../../src/domain/text.ts';
import type { SearchTruth } from '../../../src/ports/search-index.ts';
import { aCall } from '../../support/call.ts';
import { aDocument } from '../../support/search-builders.ts';
import type { SearchTruthSubject } from './fixture.ts';

export function splitsContract(subject: SearchTruthSubject): void {
  describe('keys that split', () => {
    it('are none without ids, and none for one part', async () => {
      const { truth } = await subject();
      expect(await truth.splitKeys(4, aCall())).toEqual([]);
      await truth.project([aDocument(), aDocument()], aCall());
      expect(await truth.splitKeys(1, aCall())).toEqual([]);
    });

    it('are one less than the ids when these are few', async () => {
      const { truth } = await subject();
      await truth.project(
        ['c', 'a', 'd', 'b'].map((contentId) => aDocument({ contentId })),
        aCall(),
      );
      expect(await truth.splitKeys(4, aCall())).toEqual(['a', 'b', 'c']);
      expect(await truth.splitKeys(100, aCall())).toEqual(['a', 'b', 'c']);
      expect(await truth.splitKeys(2, aCall())).toEqual(['b']);
    });

    it.each([1, 2, 3, 7, 16, 64])('cut the ids into %i parts of about the same size', async (parts) => {
      const { truth } = await subject();
      const documents = Array.from({ length: 101 }, () => aDocument());
      await truth.project(documents, aCall());
      await truth.unproject(
        documents.slice(0, 40).map(({ contentId }) => ({ contentId, version: 2, source: 'program' })),
        aCall(),
      );
      const keys = await truth.splitKeys(parts, aCall());
      expect(keys).toHaveLength(parts - 1);
      expect(keys).toEqual(keys.toSorted(compareText));
      const sizes = await sizesBetween(truth, keys);
      expect(Math.min(...sizes)).toBeGreaterThan(0);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    });
  });
}

/** How many ids each part has; together they are all. */
async function sizesBetween(truth: SearchTruth, keys: readonly string[]): Promise<readonly number[]> {
  const bounds = [undefined, ...keys, undefined];
  const parts = bounds.slice(1).map(async (upTo, index) => {
    const after = bounds[index];
    const range = { ...(after !== undefined && { after }), ...(upTo !== undefined && { upTo }) };
    return (await truth.scanStates(range, 100_000, aCall())).length;
  });
  const sizes = await Promise.all(parts);
  const all = await truth.scanStates({}, 100_000, aCall());
  expect(sizes.reduce((sum, size) => sum + size)).toBe(all.length);
  return sizes;
}
