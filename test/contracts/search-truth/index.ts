import { describe } from 'vitest';
import type { SearchTruthSubject } from './fixture.ts';
import { rangesContract } from './ranges.contract.ts';
import { splitsContract } from './splits.contract.ts';

/** What the port `SearchTruth` promises beyond `SearchIndex`. */
export function searchTruthContract(subject: SearchTruthSubject): void {
  describe('SearchTruth', () => {
    splitsContract(subject);
    rangesContract(subject);
  });
}
