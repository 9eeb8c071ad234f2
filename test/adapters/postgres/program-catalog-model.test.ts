import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ProgramDraft } from '../../../src/domain/program/program.ts';
import { PROGRAM_SORTS } from '../../../src/domain/program/program-query.ts';
import type { CatalogFixture } from '../../contracts/program-catalog/fixture.ts';
import { markedVersions } from '../../contracts/program-catalog/fixture.ts';
import { aCall } from '../../support/call.ts';
import { aMemoryCatalog, aPostgresCatalog } from '../../support/marked-catalogs.ts';
import { useNotifications } from '../../support/notifications.ts';
import { useDatabase } from '../../support/postgres.ts';

// Few values each, so that sequences meet the same programs, ties and equal drafts again and again.
const id = fc.constantFrom('a', 'B', 'c-1', 'c_1', '0');
const at = fc.integer({ min: 0, max: 5 }).map((second) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)));
const day = fc.constantFrom('1970-01-01', '2020-02-29', '0001-01-01');
const text = fc.oneof(
  fc.constantFrom('x', 'X', "'", '{"a",b}'),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
);
const clean = text.map((value) => value.replaceAll(/\p{Cc}/gu, '?'));
const score = fc.oneof(fc.constantFrom(0, 1, 0.1), fc.double({ min: 0, max: 1e12, noNaN: true }));
const views = fc.oneof(fc.constantFrom(0, 1, 2), fc.maxSafeNat());
const metadata = fc.dictionary(
  clean.filter((name) => name !== '__proto__'),
  fc.oneof(
    clean,
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
    fc.constantFrom(null, true),
  ),
  { maxKeys: 2, noNullPrototype: true },
);

const draft: fc.Arbitrary<ProgramDraft> = fc.record(
  {
    programId: id,
    title: clean,
    description: fc.constantFrom('', 'd'),
    contentType: fc.constantFrom('movie', 'clip'),
    category: fc.constantFrom('drama', 'Drama'),
    language: fc.constantFrom('en', 'fr'),
    tags: fc.uniqueArray(clean, { maxLength: 2 }),
    thumbnailUrl: fc.constantFrom(null, 'https://example.org/'),
    metadata,
    releaseDate: fc.oneof(fc.constant(null), day),
    viewCount: views,
    popularityScore: score,
  },
  {
    requiredKeys: [
      'programId',
      'title',
      'description',
      'contentType',
      'category',
      'language',
      'tags',
      'thumbnailUrl',
      'metadata',
      'releaseDate',
    ],
  },
);

const condition = fc.oneof(
  fc.constantFrom({ kind: 'any' } as const, { kind: 'absent' } as const, { kind: 'present' } as const),
  fc
    .array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 })
    .map((versions) => ({ kind: 'version', versions }) as const),
);

const filter = fc.record(
  {
    category: fc.constantFrom('drama', 'Drama', 'none'),
    language: fc.constantFrom('en', 'fr'),
    contentType: fc.constant('movie'),
    tag: fc.constantFrom('x', 'X', "'"),
    releasedAfter: day,
    releasedBefore: day,
  },
  { requiredKeys: [] },
);

type Step = (fixture: CatalogFixture) => Promise<unknown>;
const named = (name: string, step: Step): Step => Object.assign(step, { [fc.toStringMethod]: () => name });

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('off' as const, 'dual-write' as const)
      .map((phase) => named(`phase ${phase}`, ({ setPhase }) => setPhase(phase))),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(draft, condition, at)
      .map((args) => named(`put ${JSON.stringify(args)}`, ({ catalog }) => catalog.put(...args, aCall()))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.uniqueArray(draft, { selector: (one) => one.programId, maxLength: 4 }), at)
      .map((args) =>
        named(`putMany ${JSON.stringify(args)}`, ({ catalog }) => catalog.putMany(...args, aCall())),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(id, condition, at)
      .map((args) =>
        named(`delete ${JSON.stringify(args)}`, ({ catalog }) => catalog.delete(...args, aCall())),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('s', 't'),
        fc.array(fc.record({ programId: id, total: fc.nat(9) }), { maxLength: 4 }),
        at,
      )
      .map((args) =>
        named(`addViews ${JSON.stringify(args)}`, ({ catalog }) => catalog.addViews(...args, aCall())),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ filter, sort: fc.constantFrom(...PROGRAM_SORTS), limit: fc.integer({ min: 1, max: 6 }) })
      .map((query) =>
        named(`read ${JSON.stringify(query)}`, async ({ catalog }) => {
          const first = await catalog.query(query, aCall());
          const rest = first.next && (await catalog.query({ ...query, after: first.next }, aCall()));
          return [first, rest, await catalog.top({ ...query, idLimit: 6 }, aCall())];
        }),
      ),
  },
);

/** Everything that can be read of a catalogue and its outbox. */
async function contents({ catalog, outbox }: CatalogFixture): Promise<unknown> {
  const ids = ['a', 'B', 'c-1', 'c_1', '0'];
  const states = await catalog.currentStates(ids, aCall());
  const idOf = (state: (typeof states)[number]) =>
    state.deleted ? state.programId : state.program.programId;
  return {
    states: new Map(states.map((state) => [idOf(state), state])),
    programs: await catalog.scan(undefined, 10, aCall()),
    categories: await catalog.categories(aCall()),
    marks: await markedVersions(outbox),
    hotMarks: await markedVersions(outbox, 'programs'),
    allStates: await catalog.scanStates({}, 10, aCall()),
    cuts: await catalog.splitKeys(3, aCall()),
  };
}

const database = useDatabase();
const notifications = useNotifications(database);

it('the Postgres and the memory catalogue give the same answers to the same calls', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 25, size: 'max' }), async (sequence) => {
      const memory = aMemoryCatalog({ now: () => 0 });
      const postgres = await aPostgresCatalog(database(), notifications());
      for (const step of sequence) expect(await step(postgres)).toEqual(await step(memory));
      expect(await contents(postgres)).toEqual(await contents(memory));
    }),
    { numRuns: 150 },
  );
}, 60_000);
