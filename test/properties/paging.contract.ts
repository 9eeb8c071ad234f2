import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Page } from '../../src/domain/page.ts';
import type { RankedPosition } from '../../src/domain/ranked-paging.ts';
import { relaySearch } from '../../src/domain/search/search-relay.ts';
import { aDraft } from '../support/builders.ts';
import { aCall } from '../support/call.ts';
import type { TestService } from '../support/service.ts';

/** A program moves in every list: another score, some views. */
interface Move {
  readonly program: number;
  readonly score: number;
  readonly views: number;
}

interface Journey {
  readonly size: number;
  readonly limit: number;
  /** What writers do after each page; begins anew when the pages are more. */
  readonly moves: readonly (readonly Move[])[];
}

const move = fc.record({
  program: fc.nat({ max: 59 }),
  score: fc.integer({ min: 0, max: 1000 }),
  views: fc.integer({ min: 0, max: 3 }),
});

const journey: fc.Arbitrary<Journey> = fc.record({
  size: fc.integer({ min: 1, max: 60 }),
  limit: fc.integer({ min: 1, max: 20 }),
  moves: fc.array(fc.array(move, { maxLength: 8 }), { minLength: 1, maxLength: 6 }),
});

type ReadPage = (limit: number, after: RankedPosition | undefined) => Promise<Page<string, RankedPosition>>;

/** Paging a list to its end while its ranks move gives every item once, in the order that the first page saw. */
export function pagingAMovingList(service: () => TestService, runs: number): void {
  it.each(['popular', 'trending', 'search'] as const)(
    'pages %s to the end without duplicates or gaps while scores change',
    async (list) => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(journey, async (steps) => {
          round += 1;
          await pageThrough(service(), list, `${list}${round}`, steps);
        }),
        { numRuns: runs },
      );
    },
    60_000,
  );
}

async function pageThrough(
  service: TestService,
  list: List,
  category: string,
  steps: Journey,
): Promise<void> {
  const ids = Array.from({ length: steps.size }, (_, index) => `${category}-${index}`);
  await seed(service, ids, category);
  const readPage = reader(service, list, category);
  const expected = (await readPage(1000, undefined)).items;
  expect([...expected].sort()).toEqual([...ids].sort());

  const seen: string[] = [];
  let after: RankedPosition | undefined;
  let step = 0;
  do {
    const page = await readPage(steps.limit, after);
    seen.push(...page.items);
    after = page.next;
    await disturb(service, ids, category, steps.moves[step % steps.moves.length] ?? []);
    step += 1;
  } while (after !== undefined);
  expect(seen).toEqual(expected);
}

type List = 'popular' | 'trending' | 'search';

function reader({ cradle }: TestService, list: List, category: string): ReadPage {
  const { discovery, search } = cradle.app;
  const readers: Record<
    List,
    (limit: number, after: { after?: RankedPosition }) => Promise<Page<{ id: string }, RankedPosition>>
  > = {
    popular: async (limit, after) =>
      byProgram(await discovery.popular({ category, limit, ...after }, aCall())),
    trending: async (limit, after) =>
      byProgram(await discovery.trending({ window: '24h', filter: { category }, limit, ...after }, aCall())),
    search: async (limit, after) => {
      const query = {
        text: 'wandering',
        filter: { category },
        facets: [],
        sort: '-popularityScore',
        highlight: false,
      } as const;
      const answer = await search.search({ ...query, limit, ...after }, aCall());
      return { items: answer.items.map(({ contentId }) => ({ id: contentId })), next: answer.next };
    },
  };
  return async (limit, after) => {
    const page = await readers[list](limit, after === undefined ? {} : { after });
    return { items: page.items.map(({ id }) => id), next: page.next };
  };
}

function byProgram(page: Page<{ programId: string }, RankedPosition>): Page<{ id: string }, RankedPosition> {
  return { items: page.items.map(({ programId }) => ({ id: programId })), next: page.next };
}

async function seed(service: TestService, ids: readonly string[], category: string): Promise<void> {
  const { programCatalog, clock, app } = service.cradle;
  const drafts = ids.map((programId, index) =>
    aDraft({ programId, category, title: `Wandering ${index}`, popularityScore: index % 7 }),
  );
  await programCatalog.putMany(drafts, new Date(clock.now()), aCall());
  await app.views.recordMany(
    ids.map((programId) => ({ programId })),
    aCall(),
  );
  await drain(service);
}

async function disturb(
  service: TestService,
  ids: readonly string[],
  category: string,
  moves: readonly Move[],
): Promise<void> {
  const { app } = service.cradle;
  for (const { program, score, views } of moves) {
    const programId = ids[program % ids.length] ?? '';
    await app.programs.patch(programId, { popularityScore: score, category }, { kind: 'any' }, aCall());
    await app.views.recordMany(
      Array.from({ length: views }, () => ({ programId })),
      aCall(),
    );
  }
  await drain(service);
}

async function drain({ cradle }: TestService): Promise<void> {
  const { outbox, programCatalog: catalog, searchIndex, textSearch } = cradle;
  while ((await relaySearch({ outbox, catalog, searchIndex, textSearch }, aCall())) > 0);
}
