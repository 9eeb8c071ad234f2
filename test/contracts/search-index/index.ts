import { describe } from 'vitest';
import { copiesContract } from './copies.contract.ts';
import { documentsContract } from './documents.contract.ts';
import type { SearchIndexSubject } from './fixture.ts';
import { listsContract } from './lists.contract.ts';
import { ownershipContract } from './ownership.contract.ts';
import { projectionsContract } from './projections.contract.ts';
import { readsContract } from './reads.contract.ts';
import { refreshContract } from './refresh.contract.ts';
import { scansContract } from './scans.contract.ts';
import { statesContract } from './states.contract.ts';

/** Every promise of the port `SearchIndex`. */
export function searchIndexContract(subject: SearchIndexSubject): void {
  describe('SearchIndex', () => {
    documentsContract(subject);
    ownershipContract(subject);
    projectionsContract(subject);
    copiesContract(subject);
    refreshContract(subject);
    readsContract(subject);
    statesContract(subject);
    scansContract(subject);
    listsContract(subject);
  });
}
