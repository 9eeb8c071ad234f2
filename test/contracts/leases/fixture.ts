import type { Leases } from '../../../src/ports/leases.ts';

export interface LeasesFixture {
  /** Nobody holds anything in it. */
  readonly leases: Leases;
  /** The same leases as another instance sees them; the very same object where there is only one instance. */
  readonly elsewhere: Leases;
  /** Lets `ms` milliseconds pass for every lease. */
  readonly advance: (ms: number) => Promise<void>;
}

export type LeasesSubject = () => Promise<LeasesFixture>;
