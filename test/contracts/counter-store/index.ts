import { describe } from 'vitest';
import { admissionContract } from './admission.contract.ts';
import { clockContract } from './clock.contract.ts';
import { denialContract } from './denial.contract.ts';
import { exactnessContract } from './exactness.contract.ts';
import type { MakeCounters } from './fixture.ts';
import { identityContract } from './identity.contract.ts';
import { referenceContract } from './reference.contract.ts';
import { survivalContract } from './survival.contract.ts';

/** Everything that the port `CounterStore` promises. */
export function counterStoreContract(make: MakeCounters): void {
  describe('admission', () => admissionContract(make));
  describe('denials and looks', () => denialContract(make));
  describe('exactness', () => exactnessContract(make));
  describe('reference', () => referenceContract(make));
  describe('identity', () => identityContract(make));
  describe('clock', () => clockContract(make));
  describe('survival', () => survivalContract(make));
}
