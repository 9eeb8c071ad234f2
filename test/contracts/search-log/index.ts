import { describe } from 'vitest';
import type { SearchLogSubject } from './fixture.ts';
import { keepingContract } from './keeping.contract.ts';
import { recordingContract } from './recording.contract.ts';

/** Every promise of the port `SearchLog`. */
export function searchLogContract(subject: SearchLogSubject): void {
  describe('SearchLog', () => {
    recordingContract(subject);
    keepingContract(subject);
  });
}
