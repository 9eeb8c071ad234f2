import { describe } from 'vitest';
import { expiryContract } from './expiry.contract.ts';
import type { RankedListsSubject } from './fixture.ts';
import { slicesContract } from './slices.contract.ts';

/** Every promise of the port `RankedLists`. */
export function rankedListsContract(subject: RankedListsSubject): void {
  describe('RankedLists', () => {
    slicesContract(subject);
    expiryContract(subject);
  });
}
