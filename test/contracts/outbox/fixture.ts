import type { Mark } from '../../../src/ports/outbox.ts';
import { aDraft, anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogFixture } from '../program-catalog/fixture.ts';
import { stored } from '../program-catalog/fixture.ts';

/** An empty outbox, and the catalogue that leaves marks in it. */
export interface OutboxFixture extends CatalogFixture {
  /** Lets so much time pass for leases, delays and ages, without waiting. */
  readonly passTime: (milliseconds: number) => Promise<void>;
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
  return outbox.claim('search', limit, leaseMs, aCall());
}

export function keysOf(marks: readonly Mark[]): string {
  return marks.map((mark) => mark.key).join('');
}
