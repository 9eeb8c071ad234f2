import type { Moment } from '../../../domain/limits/algorithm.ts';
import type { Permit } from '../../../domain/limits/permit.ts';
import type { Counter } from './counter.ts';
import type { CounterRecords } from './counter-records.ts';
import type { PermitBook } from './permit-book.ts';
import { createPermitBook } from './permit-book.ts';

/** Gives counters their permits, and counts them. */
export interface PermitDesk {
  /** Of all counters. */
  readonly size: () => number;
  /** Drops the permits that have ended, and adds one that ends no sooner than any other. */
  readonly grant: (counter: Counter, id: string, permit: Permit, at: Moment) => void;
  readonly revoke: (counter: Counter, id: string) => void;
  readonly revokeAll: (counter: Counter) => void;
}

export function createPermitDesk({
  permits,
  setPermits,
}: Pick<CounterRecords, 'permits' | 'setPermits'>): PermitDesk {
  let size = 0;

  function change(counter: Counter, by: (book: PermitBook) => void): void {
    const book = permits(counter) ?? createPermitBook();
    size -= book.size();
    by(book);
    size += book.size();
    setPermits(counter, book.size() === 0 ? undefined : book);
  }

  return {
    size: () => size,
    grant: (counter, id, permit, at) =>
      change(counter, (book) => {
        book.removeEnded(at.steadyMs);
        book.remove(id);
        book.add(id, permit);
      }),
    revoke: (counter, id) => change(counter, (book) => book.remove(id)),
    revokeAll: (counter) => {
      const book = permits(counter);
      if (book === undefined) return;
      size -= book.size();
      setPermits(counter, undefined);
    },
  };
}
