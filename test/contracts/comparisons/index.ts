import { describe } from 'vitest';
import { capsContract } from './caps.contract.ts';
import { differencesContract } from './differences.contract.ts';
import type { ComparisonsSubject } from './fixture.ts';
import { tallyContract } from './tally.contract.ts';

/** Every promise of the port `Comparisons`. */
export function comparisonsContract(subject: ComparisonsSubject): void {
  describe('tally', () => tallyContract(subject));
  describe('differences', () => differencesContract(subject));
  describe('caps', () => capsContract(subject));
}
