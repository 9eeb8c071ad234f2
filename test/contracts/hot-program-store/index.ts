import { describe } from 'vitest';
import { categoriesContract } from './categories.contract.ts';
import { expiryContract } from './expiry.contract.ts';
import type { HotProgramSubject } from './fixture.ts';
import { isolationContract } from './isolation.contract.ts';
import { listsContract } from './lists.contract.ts';
import { pagingContract } from './paging.contract.ts';
import { readsContract } from './reads.contract.ts';
import { refreshContract } from './refresh.contract.ts';
import { removalsContract } from './removals.contract.ts';
import { scanContract } from './scan.contract.ts';
import { sizesContract } from './sizes.contract.ts';
import { valuesContract } from './values.contract.ts';
import { versionsContract } from './versions.contract.ts';

/** Every promise of the port `HotProgramStore`. */
export function hotProgramStoreContract(subject: HotProgramSubject): void {
  describe('HotProgramStore', () => {
    // First: a scan reads everything, and other tests leave much behind.
    scanContract(subject);
    versionsContract(subject);
    refreshContract(subject);
    removalsContract(subject);
    expiryContract(subject);
    readsContract(subject);
    valuesContract(subject);
    sizesContract(subject);
    categoriesContract(subject);
    pagingContract(subject);
    listsContract(subject);
    isolationContract(subject);
  });
}
