import { expect } from 'vitest';
import type { Program } from '../../../src/domain/program/program.ts';
import type { ProgramCard } from '../../../src/domain/program/program-card.ts';
import { toCard } from '../../../src/domain/program/program-card.ts';
import type { HotDifferences } from '../../../src/ports/differences.ts';
import type { CategoryPosition, HotProgramStore, HotRead } from '../../../src/ports/hot-program-store.ts';
import { aDraft, anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { seenUnlessStale } from '../../support/seen.ts';

/** What an adapter of {@link HotProgramStore} brings to the contract. It may hold programs and lists of other tests. */
export interface HotProgramFixture {
  readonly store: HotProgramStore;
  /** Decides for the store what has expired. Starts at {@link START_MS}. */
  readonly clock: FakeClock;
  readonly differences: HotDifferences;
}

export type HotProgramSubject = () => Promise<HotProgramFixture>;

/** So late that an engine with a clock of its own does not remove by itself what a test lets expire. */
export const START_MS = Date.UTC(2100, 0, 1, 12);

export const MINUTE_MS = 60_000;

export function aProgram(overrides: Partial<Program> = {}): Program {
  return {
    ...aDraft(),
    viewCount: 12_345,
    popularityScore: 98.6,
    version: 1,
    createdAt: new Date('2024-02-29T23:59:59.001Z'),
    updatedAt: new Date('2026-03-01T10:00:00.123Z'),
    ...overrides,
  };
}

export function aCard(overrides: Partial<ProgramCard> = {}): ProgramCard {
  return { ...toCard(aProgram()), ...overrides };
}

/** `size` cards, no two alike. */
export function cardsOf(size: number): readonly ProgramCard[] {
  return Array.from({ length: size }, (_, n) =>
    aCard({ title: `Title ${n}`, viewCount: n, popularityScore: size - n + 0.5 }),
  );
}

/** A category, or the name of a list, that no other test uses. */
export function aName(): string {
  return anId('name');
}

/** Checks what a reader sees after a write: at once, or within seconds where stale reads are declared. */
export async function seen(
  { differences }: Pick<HotProgramFixture, 'differences'>,
  check: () => Promise<void>,
): Promise<void> {
  await seenUnlessStale(differences.staleReads, check);
}

export async function expectRead(
  fixture: HotProgramFixture,
  programId: string,
  expected: HotRead,
): Promise<void> {
  await seen(fixture, async () => expect(await fixture.store.get(programId, aCall())).toEqual(expected));
}

/** Checks which programs a category has, in order, read page by page. */
export async function expectCategory(
  fixture: HotProgramFixture,
  category: string,
  programIds: readonly string[],
  limit = 100,
): Promise<void> {
  await seen(fixture, async () => {
    const cards = await readCategory(fixture.store, category, () => limit);
    expect(cards.map((card) => card.programId)).toEqual(programIds);
  });
}

/** A category page by page to its end, each page of the size that `nextLimit` says. */
export async function readCategory(
  store: HotProgramStore,
  category: string,
  nextLimit: () => number,
): Promise<readonly ProgramCard[]> {
  const cards: ProgramCard[] = [];
  let after: CategoryPosition | undefined;
  do {
    const limit = nextLimit();
    const page = await store.topByCategory(category, limit, after, aCall());
    expect(page.items.length).toBe(page.next === undefined ? Math.min(limit, page.items.length) : limit);
    cards.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return cards;
}

/** Puts programs, 50 at a time. */
export async function putAll(store: HotProgramStore, programs: readonly Program[]): Promise<void> {
  for (let from = 0; from < programs.length; from += 50)
    await Promise.all(programs.slice(from, from + 50).map((program) => store.put(program, {}, aCall())));
}
