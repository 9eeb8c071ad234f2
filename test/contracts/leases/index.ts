import { describe } from 'vitest';
import type { LeasesSubject } from './fixture.ts';
import { holdingContract } from './holding.contract.ts';
import { timeContract } from './time.contract.ts';

/** Every promise of the port `Leases`. */
export function leasesContract(subject: LeasesSubject): void {
  describe('holding', () => holdingContract(subject));
  describe('time', () => timeContract(subject));
}
