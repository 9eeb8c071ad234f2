import { describe } from 'vitest';
import { documentsContract } from './documents.contract.ts';
import type { SearchIndexSubject } from './fixture.ts';
import { listsContract } from './lists.contract.ts';
import { ownershipContract } from './ownership.contract.ts';
import { projectionsContract } from './projections.contract.ts';
import { readsContract } from './reads.contract.ts';

/** Every promise of the port `SearchIndex`. */
export function searchIndexContract(subject: SearchIndexSubject): void {
  describe('SearchIndex', () => {
    documentsContract(subject);
    ownershipContract(subject);
    projectionsContract(subject);
    readsContract(subject);
    listsContract(subject);
  });
}
