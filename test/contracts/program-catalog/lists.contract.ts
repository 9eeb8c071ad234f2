import { describe, expect, it } from 'vitest';
import { compareText } from '../../../src/domain/text.ts';
import { aDraft, anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ANY, asCreated, moment, stored } from './fixture.ts';

export function listContract(subject: CatalogSubject): void {
  describe('getMany', () => {
    it('gives what exists, each once', async () => {
      const { catalog } = await subject();
      const [a, b] = [aDraft(), aDraft()];
      await catalog.putMany([a, b], moment(1), aCall());
      const programs = await catalog.getMany([a.programId, anId(), b.programId, a.programId], aCall());
      expect([...programs].sort((x, y) => compareText(x.programId, y.programId))).toEqual(
        [a, b]
          .map((draft) => asCreated(draft, moment(1)))
          .sort((x, y) => compareText(x.programId, y.programId)),
      );
      expect(await catalog.getMany([], aCall())).toEqual([]);
    });
  });

  describe('categories', () => {
    it('counts most first, ties by name', async () => {
      const { catalog } = await subject();
      expect(await catalog.categories(aCall())).toEqual([]);
      const names = ['b', 'b', 'a', 'a', 'Ab', 'c', 'c', 'c', 'é', '\u{1F3AC}', '\uFF21'];
      await catalog.putMany(
        names.map((category) => aDraft({ category })),
        moment(1),
        aCall(),
      );
      expect(await catalog.categories(aCall())).toEqual([
        { category: 'c', count: 3 },
        { category: 'a', count: 2 },
        { category: 'b', count: 2 },
        { category: 'Ab', count: 1 },
        { category: 'é', count: 1 },
        { category: '\uFF21', count: 1 },
        { category: '\u{1F3AC}', count: 1 },
      ]);
    });
  });

  describe('scan', () => {
    it('gives every program by id, page by page', async () => {
      const { catalog } = await subject();
      expect(await catalog.scan(undefined, 10, aCall())).toEqual([]);
      const ids = ['0', '9', 'A', 'B.1', 'B_1', 'Z', 'a', 'a-b', 'a:b', 'a~', 'ab', 'b'];
      await catalog.putMany(
        ids.map((programId) => aDraft({ programId })),
        moment(1),
        aCall(),
      );
      const read: string[] = [];
      for (let after: string | undefined; ; after = read.at(-1)) {
        const programs = await catalog.scan(after, 5, aCall());
        if (programs.length === 0) break;
        read.push(...programs.map((program) => program.programId));
      }
      expect(read).toEqual([...ids].sort(compareText));
    });

    it('goes on after an id that is not there', async () => {
      const { catalog } = await subject();
      await catalog.putMany(
        ['a', 'c'].map((programId) => aDraft({ programId })),
        moment(1),
        aCall(),
      );
      expect((await catalog.scan('b', 5, aCall())).map((program) => program.programId)).toEqual(['c']);
    });
  });

  describe('currentStates', () => {
    it('tells programs, deleted ones and nothing apart', async () => {
      const { catalog } = await subject();
      const [there, gone] = [aDraft(), aDraft()];
      const program = await stored(catalog, there);
      await stored(catalog, gone);
      await catalog.delete(gone.programId, ANY, moment(1), aCall());
      const states = await catalog.currentStates(
        [gone.programId, anId(), there.programId, gone.programId],
        aCall(),
      );
      expect(states).toHaveLength(2);
      expect(states).toContainEqual({ deleted: false, program });
      expect(states).toContainEqual({ deleted: true, programId: gone.programId, version: 2 });
      expect(await catalog.currentStates([], aCall())).toEqual([]);
    });
  });
}
