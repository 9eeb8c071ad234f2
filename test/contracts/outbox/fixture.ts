import type { Mark, Outbox } from '../../../src/ports/outbox.ts';
import { aDraft, anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogFixture } from '../program-catalog/fixture.ts';
import { stored } from '../program-catalog/fixture.ts';

/** An empty outbox, and the catalogue that leaves marks in it. */
export interface OutboxFixture extends CatalogFixture {
  /** Lets so much time pass for leases, delays and ages, without waiting. */
  readonly passTime: (milliseconds: number) => Promise<void>;
  /** Another instance's view of the same outbox; the very same object where there is only one instance. */
  readonly other: Outbox;
}

export type OutboxSubject = () => Promise<OutboxFixture>;

/** Writes a change of each key, one after the other, and so marks it. */
export async function write({ catalog }: CatalogFixture, ...keys: readonly string[]): Promise<void> {
  for (const programId of keys) await stored(catalog, aDraft({ programId, title: anId() }));
}

export async function claim(
  { outbox }: CatalogFixture,
  limit = 100,
  leaseMs = 60_000,
): Promise<readonly Mark[]> {
  return outbox.claim('documents', limit, leaseMs, aCall());
}

export async function claimOne(fixture: CatalogFixture): Promise<Mark> {
  const [mark] = await claim(fixture, 1);
  if (mark === undefined) throw new Error('no mark was left');
  return mark;
}

/** A claim that somebody may have had of a key. */
export function aMark(overrides: Partial<Mark> = {}): Mark {
  return {
    key: 'a',
    version: 1,
    revision: '1',
    attempts: 0,
    refresh: false,
    claimedAt: new Date(),
    ...overrides,
  };
}

export function keysOf(marks: readonly { readonly key: string }[]): string {
  return marks.map((mark) => mark.key).join('');
}
