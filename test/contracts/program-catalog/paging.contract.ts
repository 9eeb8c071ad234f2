import { describe, expect, it } from 'vitest';
import type { Program, ProgramDraft } from '../../../src/domain/program/program.ts';
import type { ProgramPosition, ProgramQuery } from '../../../src/domain/program/program-query.ts';
import { comparePositions, PROGRAM_SORTS, positionOf } from '../../../src/domain/program/program-query.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { moment, stored } from './fixture.ts';

const TITLES = ['Z', 'a', 'É', 'e\u0301', 'Zz', '\u{1F3AC}', '\uFF21', '10', '9', '"'];
const DATES = [null, '2020-02-29', '0001-01-01', '9999-12-31', '1969-12-31', '1970-01-01'];
const SCORES = [0, 1e12, 0.1, 0.30000000000000004, 0.3, 5e-324];
const VIEWS = [0, 1, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1];

/** Every value of each order comes many times, so most neighbours tie. */
function tiedDrafts(count: number, overrides: Partial<ProgramDraft> = {}): readonly ProgramDraft[] {
  return Array.from({ length: count }, (_, index) =>
    aDraft({
      programId: `${['p', 'P', '0'][index % 3]}${(index * 37) % count}`,
      title: TITLES[index % TITLES.length] ?? '',
      releaseDate: DATES[index % DATES.length] ?? null,
      popularityScore: SCORES[index % SCORES.length] ?? 0,
      viewCount: VIEWS[index % VIEWS.length] ?? 0,
      ...overrides,
    }),
  );
}

async function readAll(catalog: ProgramCatalog, query: ProgramQuery): Promise<readonly Program[]> {
  const items: Program[] = [];
  let after: ProgramPosition | undefined;
  do {
    const page = await catalog.query(after === undefined ? query : { ...query, after }, aCall());
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    // A position goes to a client and comes back as JSON.
    after = page.next && (JSON.parse(JSON.stringify(page.next)) as ProgramPosition);
  } while (after !== undefined);
  return items;
}

export function pagingContract(subject: CatalogSubject): void {
  describe.each(PROGRAM_SORTS)('pages by %s', (sort) => {
    it.each([1, 7, 120, 200])('of %i give the whole order, ties by id', async (limit) => {
      const { catalog } = await subject();
      const drafts = tiedDrafts(120);
      await catalog.putMany(drafts, moment(1), aCall());
      const all = await catalog.getMany(
        drafts.map((draft) => draft.programId),
        aCall(),
      );
      const positions = all
        .map((program) => positionOf(program, sort))
        .sort((a, b) => comparePositions(sort, a, b));
      const read = await readAll(catalog, { filter: {}, sort, limit });
      expect(read.map((program) => positionOf(program, sort))).toEqual(positions);
    });

    it('within a filter', async () => {
      const { catalog } = await subject();
      const wanted = tiedDrafts(60, { category: 'wanted' });
      const other = tiedDrafts(60, { category: 'other' }).map((draft) => ({
        ...draft,
        programId: `x${draft.programId}`,
      }));
      await catalog.putMany([...other, ...wanted], moment(1), aCall());
      const read = await readAll(catalog, { filter: { category: 'wanted' }, sort, limit: 7 });
      expect(read.map((program) => program.programId).sort()).toEqual(
        wanted.map((draft) => draft.programId).sort(),
      );
    });

    it('goes on where it was although the last item has gone and others have come', async () => {
      const { catalog } = await subject();
      const [first, second, third] = tiedDrafts(3, {
        title: 'same',
        releaseDate: null,
        popularityScore: 1,
        viewCount: 1,
      }).map((draft, index) => ({ ...draft, programId: `m${index}` }));
      if (first === undefined || second === undefined || third === undefined)
        throw new Error('three were made');
      await catalog.putMany([first, second, third], moment(1), aCall());
      const query = { filter: {}, sort, limit: 2 } as const;
      const page = await catalog.query(query, aCall());
      await catalog.delete(second.programId, { kind: 'any' }, moment(2), aCall());
      await stored(catalog, { ...first, programId: 'l' });
      if (page.next === undefined) throw new Error('a third program is left');
      const rest = await catalog.query({ ...query, after: page.next }, aCall());
      expect(rest.items.map((program) => program.programId)).toEqual([third.programId]);
      expect(rest.next).toBeUndefined();
    });
  });
}
