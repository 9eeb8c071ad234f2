import { describe } from 'vitest';
import { changesContract } from './changes.contract.ts';
import type { PhaseStoreSubject } from './fixture.ts';
import { hintsContract } from './hints.contract.ts';
import { instancesContract } from './instances.contract.ts';
import { phasesContract } from './phases.contract.ts';

/** Every promise of the port `PhaseStore`. */
export function phaseStoreContract(subject: PhaseStoreSubject): void {
  describe('changes', () => changesContract(subject));
  describe('phases', () => phasesContract(subject));
  describe('instances', () => instancesContract(subject));
  describe('hints', () => hintsContract(subject));
}
