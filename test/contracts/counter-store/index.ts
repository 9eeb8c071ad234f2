import { describe } from 'vitest';
import { admissionContract } from './admission.contract.ts';
import { blockContract } from './block.contract.ts';
import { chargeContract } from './charge.contract.ts';
import { clockContract } from './clock.contract.ts';
import { concurrencyContract } from './concurrency.contract.ts';
import { consumeAllContract } from './consume-all.contract.ts';
import { consumeUpToContract } from './consume-up-to.contract.ts';
import { denialContract } from './denial.contract.ts';
import { exactnessContract } from './exactness.contract.ts';
import type { MakeCounters } from './fixture.ts';
import { identityContract } from './identity.contract.ts';
import { modelContract } from './model.contract.ts';
import { permitContract } from './permit.contract.ts';
import { referenceContract } from './reference.contract.ts';
import { refundContract } from './refund.contract.ts';
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
  describe('charged denials', () => chargeContract(make));
  describe('permits', () => permitContract(make));
  describe('refunds', () => refundContract(make));
  describe('blocks', () => blockContract(make));
  describe('concurrency', () => concurrencyContract(make));
  describe('consumeAll', () => consumeAllContract(make));
  describe('consumeUpTo', () => consumeUpToContract(make));
  describe('model', () => modelContract(make));
}
