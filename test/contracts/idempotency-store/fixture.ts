import type { IdempotencyStore } from '../../../src/ports/idempotency-store.ts';

/** What an adapter of {@link IdempotencyStore} brings to the contract. */
export interface IdempotencyFixture {
  readonly store: IdempotencyStore;
  /** The same keys as another instance of the service sees them; where only one process can see them, the same object. */
  readonly elsewhere: IdempotencyStore;
  /** Lets `ms` milliseconds pass for every key. */
  readonly advance: (ms: number) => Promise<void>;
}

export type IdempotencySubject = () => Promise<IdempotencyFixture>;
