import { describe, expect, it } from 'vitest';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ABSENT, ANY, moment, PRESENT, stored } from './fixture.ts';

const CHANGES = [
  { title: 'Another' },
  { description: '' },
  { contentType: 'series' },
  { category: 'comedy' },
  { language: 'pt-BR' },
  { tags: ['vienna', 'noir'] },
  { thumbnailUrl: null },
  { metadata: { director: 'Carol Reed', minutes: '104' } },
  { releaseDate: null },
  { viewCount: 1 },
  { popularityScore: 0.1 },
] as const;

export function versionContract(subject: CatalogSubject): void {
  describe('versions', () => {
    it.each(CHANGES.map((change) => [JSON.stringify(change), change] as const))(
      'a change of %s alone counts the version up by one',
      async (_name, change) => {
        const { catalog } = await subject();
        const before = await stored(catalog, aDraft(), moment(1));
        const {
          version: _version,
          createdAt: _createdAt,
          updatedAt: _updatedAt,
          ...draft
        } = { ...before, ...change };
        const outcome = await catalog.put(draft, ANY, moment(2), aCall());
        expect(outcome).toEqual({
          outcome: 'updated',
          program: { ...before, ...change, version: 2, updatedAt: moment(2) },
        });
      },
    );

    it('an equal draft changes nothing', async () => {
      const { catalog } = await subject();
      const draft = aDraft({ viewCount: 7, popularityScore: 0, metadata: { a: [1, { b: null }], c: 'd' } });
      const before = await stored(catalog, draft, moment(1));
      const equal = { ...draft, popularityScore: -0, metadata: { c: 'd', a: [1, { b: null }] } };
      const outcome = await catalog.put(equal, PRESENT, moment(2), aCall());
      expect(outcome).toEqual({ outcome: 'unchanged', program: before });
      expect(await catalog.get(draft.programId, aCall())).toEqual(before);
    });

    it('measures that a draft leaves out keep their value', async () => {
      const { catalog } = await subject();
      const draft = aDraft();
      await stored(catalog, { ...draft, viewCount: 12, popularityScore: 3.25 });
      expect(await stored(catalog, draft)).toMatchObject({
        viewCount: 12,
        popularityScore: 3.25,
        version: 1,
      });
      const views = { ...draft, viewCount: 13 };
      expect(await stored(catalog, views)).toMatchObject({
        viewCount: 13,
        popularityScore: 3.25,
        version: 2,
      });
      const score = { ...draft, popularityScore: 1 };
      expect(await stored(catalog, score)).toMatchObject({ viewCount: 13, popularityScore: 1, version: 3 });
    });

    it('goes on from the version of the delete when a program is written again', async () => {
      const { catalog } = await subject();
      const draft = aDraft();
      await stored(catalog, { ...draft, viewCount: 5, popularityScore: 5 }, moment(1));
      expect(await catalog.delete(draft.programId, ANY, moment(2), aCall())).toEqual({
        outcome: 'deleted',
        version: 2,
      });
      const outcome = await catalog.put(draft, ABSENT, moment(3), aCall());
      expect(outcome).toEqual({
        outcome: 'created',
        program: {
          ...draft,
          viewCount: 0,
          popularityScore: 0,
          version: 3,
          createdAt: moment(3),
          updatedAt: moment(3),
        },
      });
      expect(await catalog.put({ ...draft, title: 'Next' }, ANY, moment(3), aCall())).toMatchObject({
        outcome: 'updated',
        program: { version: 4, createdAt: moment(3) },
      });
    });

    it('does not ask the time of a write to be later than the last', async () => {
      const { catalog } = await subject();
      const draft = aDraft();
      await stored(catalog, draft, moment(9));
      const program = await stored(catalog, { ...draft, title: 'Earlier' }, moment(1));
      expect(program).toMatchObject({ createdAt: moment(9), updatedAt: moment(1), version: 2 });
    });
  });
}
