import { describe, expect, it } from 'vitest';
import type { KeyRange } from '../../../src/ports/key-ranges.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ANY, moment } from './fixture.ts';

async function writeAll(catalog: ProgramCatalog, ids: readonly string[]): Promise<void> {
  await catalog.putMany(
    ids.map((programId) => aDraft({ programId })),
    moment(1),
    aCall(),
  );
}

async function idsIn(catalog: ProgramCatalog, range: KeyRange, limit = 1000): Promise<readonly string[]> {
  const states = await catalog.scanStates(range, limit, aCall());
  return states.map((state) => (state.deleted ? state.programId : state.program.programId));
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `p${String(index).padStart(4, '0')}`);
}

export function rangeContract(subject: CatalogSubject): void {
  describe('scanStates', () => {
    it('gives the states of a range by id, deleted ones included', async () => {
      const { catalog } = await subject();
      await writeAll(catalog, ['d', 'b', 'a', 'c']);
      await catalog.delete('b', ANY, moment(2), aCall());
      expect(await catalog.scanStates({ after: 'a', upTo: 'c' }, 10, aCall())).toEqual([
        { deleted: true, programId: 'b', version: 2 },
        { deleted: false, program: await catalog.get('c', aCall()) },
      ]);
    });

    it.each<[string, KeyRange, string]>([
      ['everything', {}, 'abcd'],
      ['exclusive of its beginning', { after: 'b' }, 'cd'],
      ['inclusive of its end', { upTo: 'b' }, 'ab'],
      ['between keys that are not there', { after: 'aa', upTo: 'cc' }, 'bc'],
      ['empty', { after: 'b', upTo: 'b' }, ''],
      ['turned round', { after: 'd', upTo: 'a' }, ''],
      ['past the last', { after: 'd' }, ''],
      ['before the first', { upTo: '0' }, ''],
    ])('a range can be %s', async (_name, range, ids) => {
      const { catalog } = await subject();
      await writeAll(catalog, ['d', 'b', 'a', 'c']);
      expect((await idsIn(catalog, range)).join('')).toBe(ids);
    });

    it('orders ids by code point and takes them as they are', async () => {
      const { catalog } = await subject();
      const ids = ['%', "'", 'A', 'Z', '_', 'a', 'é', '\uFF5E', '\u{1F600}'];
      await writeAll(catalog, ids.toReversed());
      expect(await idsIn(catalog, {})).toEqual(ids);
      for (const [index, id] of ids.entries()) {
        expect(await idsIn(catalog, { upTo: id }), id).toEqual(ids.slice(0, index + 1));
      }
    });

    it('pages without gap or repeat', async () => {
      const { catalog } = await subject();
      const ids = numbered(25);
      await writeAll(catalog, ids);
      const seen: string[] = [];
      for (let page = await idsIn(catalog, {}, 10); page.length > 0; ) {
        seen.push(...page);
        page = await idsIn(catalog, { after: seen.at(-1) ?? '' }, 10);
      }
      expect(seen).toEqual(ids);
    });
  });

  describe('splitKeys', () => {
    it('cuts the ids into parts of about the same size, deleted ones counted', async () => {
      const { catalog } = await subject();
      const ids = numbered(1000);
      await writeAll(catalog, ids);
      for (const id of ids.slice(500, 600)) await catalog.delete(id, ANY, moment(2), aCall());
      const cuts = await catalog.splitKeys(8, aCall());
      expect(cuts).toHaveLength(7);
      expect(cuts).toEqual([...cuts].sort());
      const starts = [undefined, ...cuts];
      const sizes = await Promise.all(
        starts.map(async (after, index) => {
          const upTo = cuts[index];
          const range = { ...(after !== undefined && { after }), ...(upTo !== undefined && { upTo }) };
          return (await idsIn(catalog, range)).length;
        }),
      );
      expect(sizes.reduce((sum, size) => sum + size)).toBe(1000);
      for (const size of sizes) {
        expect(size).toBeGreaterThan(100);
        expect(size).toBeLessThan(150);
      }
    });

    it.each<[number, number, readonly string[]]>([
      [0, 4, []],
      [1, 4, []],
      [3, 1, []],
      [3, 3, ['p0000', 'p0001']],
      [3, 8, ['p0000', 'p0001']],
      [5, 2, ['p0002']],
    ])('of %i ids into %i parts answers no more keys than it takes', async (count, parts, keys) => {
      const { catalog } = await subject();
      await writeAll(catalog, numbered(count));
      expect(await catalog.splitKeys(parts, aCall())).toEqual(keys);
    });
  });
}
