import { describe } from 'vitest';
import { budgetContract } from './budget.contract.ts';
import { changesContract } from './changes.contract.ts';
import { claimsContract } from './claims.contract.ts';
import type { MigrationJobsSubject } from './fixture.ts';
import { progressContract } from './progress.contract.ts';
import { startsContract } from './starts.contract.ts';

/** Every promise of the port `MigrationJobs`. */
export function migrationJobsContract(subject: MigrationJobsSubject): void {
  describe('starts', () => startsContract(subject));
  describe('changes', () => changesContract(subject));
  describe('claims', () => claimsContract(subject));
  describe('progress', () => progressContract(subject));
  describe('budget', () => budgetContract(subject));
}
