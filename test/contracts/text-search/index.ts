import { describe } from 'vitest';
import { concurrencyContract } from './concurrency.contract.ts';
import { facetsContract } from './facets.contract.ts';
import type { TextSearchSubject } from './fixture.ts';
import { highlightsContract } from './highlights.contract.ts';
import { hostileTextContract } from './hostile-text.contract.ts';
import { matchingContract } from './matching.contract.ts';
import { rankingContract } from './ranking.contract.ts';
import { sortingContract } from './sorting.contract.ts';
import { suggestionsContract } from './suggestions.contract.ts';
import { typosContract } from './typos.contract.ts';
import { versionsContract } from './versions.contract.ts';

/** Every promise of the port `TextSearch`. */
export function textSearchContract(subject: TextSearchSubject): void {
  describe('TextSearch', () => {
    matchingContract(subject);
    typosContract(subject);
    rankingContract(subject);
    sortingContract(subject);
    facetsContract(subject);
    highlightsContract(subject);
    suggestionsContract(subject);
    versionsContract(subject);
    hostileTextContract(subject);
    concurrencyContract(subject);
  });
}
