import { describe, expect, it } from 'vitest';
import type { Program } from '../../../src/domain/program/program.ts';
import { toCard } from '../../../src/domain/program/program-card.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aName, aProgram, expectRead, seen } from './fixture.ts';

const NUMBERS = [
  0,
  0.1,
  0.1 + 0.2,
  -1e-7,
  5e-324,
  1e12,
  123_456_789.123_456_78,
  Number.MAX_SAFE_INTEGER,
  1e300,
];

/** Fields that a careless store loses, renames, rounds or refuses. */
const VALUES: Readonly<Record<string, Partial<Program>>> = {
  'what is empty': {
    description: '',
    tags: [],
    thumbnailUrl: null,
    releaseDate: null,
    metadata: {},
    viewCount: 0,
    popularityScore: 0,
  },
  'what is empty inside': {
    tags: [''],
    metadata: { '': '', list: [], object: {}, none: null, lists: [[], [[]]] },
  },
  'numbers of every size in metadata': {
    metadata: { numbers: NUMBERS, byName: Object.fromEntries(NUMBERS.entries()) },
  },
  'deep metadata': { metadata: { a: { b: [{ c: [{ d: { e: { f: { g: [true, false, null] } } } }] }] } } },
  'names that stores reserve': {
    metadata: {
      ttl: 1,
      version: 2,
      programId: 'x',
      deleted: true,
      name: 'n',
      S: 's',
      N: '1',
      key: {},
      NULL: null,
    },
  },
  'texts that look like other values': {
    title: '12',
    description: 'null',
    tags: ['1', 'true'],
    metadata: { a: '1' },
  },
  'the greatest measures': { viewCount: Number.MAX_SAFE_INTEGER, popularityScore: 1e12 },
  'a score with every digit': { popularityScore: 999_999_999_999.999_9 },
  'the smallest score': { popularityScore: 5e-324 },
  'moments at the ends': { createdAt: new Date(0), updatedAt: new Date('9999-12-31T23:59:59.999Z') },
  'tags in an order of their own': { tags: ['z', 'a', 'Z', 'A', 'é', 'e\u0301'] },
};

export function valuesContract(subject: HotProgramSubject): void {
  describe('values come back as they were written', () => {
    it.each(Object.keys(VALUES))('%s', async (name) => {
      const fixture = await subject();
      const program = aProgram({ category: aName(), ...VALUES[name] });
      await fixture.store.put(program, {}, aCall());
      await expectRead(fixture, program.programId, { outcome: 'hit', program });
      await seen(fixture, async () => {
        const page = await fixture.store.topByCategory(program.category, 5, undefined, aCall());
        expect(page).toEqual({ items: [toCard(program)], next: undefined });
      });
    });

    it.each(HOSTILE_TEXTS)('%j, wherever it stands', async (text) => {
      const fixture = await subject();
      const program = aProgram({
        title: text,
        description: `${text}\n\t\r${text}`,
        category: text,
        tags: [text, `${text}${text}`, ','],
        thumbnailUrl: text,
        metadata: { [`_${text}`]: text, nested: { list: [text, { text }] } },
        popularityScore: 1e11,
      });
      await fixture.store.put(program, {}, aCall());
      await expectRead(fixture, program.programId, { outcome: 'hit', program });
      await seen(fixture, async () => {
        const page = await fixture.store.topByCategory(text, 100, undefined, aCall());
        expect(page.items).toContainEqual(toCard(program));
      });
    });

    it('and -0 as JSON has it, which is 0', async () => {
      const fixture = await subject();
      const program = aProgram({ viewCount: -0, popularityScore: -0, metadata: { zero: [-0] } });
      await fixture.store.put(program, {}, aCall());
      const expected = { ...program, viewCount: 0, popularityScore: 0, metadata: { zero: [0] } };
      await expectRead(fixture, program.programId, { outcome: 'hit', program: expected });
    });

    it('the longest that the catalogue takes', async () => {
      const fixture = await subject();
      const wide = '\u9fff';
      const program = aProgram({
        programId: anId('z'.repeat(60)).slice(0, 100),
        title: wide.repeat(500),
        description: wide.repeat(10_000),
        category: wide.repeat(64),
        tags: Array.from({ length: 50 }, (_, index) => String(index).padEnd(64, wide)),
        thumbnailUrl: `https://example.org/${'x'.repeat(2_028)}`,
        metadata: { text: 'm'.repeat(16_000) },
      });
      await fixture.store.put(program, {}, aCall());
      await expectRead(fixture, program.programId, { outcome: 'hit', program });
    });
  });
}
