import { claimContract } from './claims.contract.ts';
import { depthContract } from './depth.contract.ts';
import type { OutboxSubject } from './fixture.ts';
import { settlementContract } from './settlement.contract.ts';

/** Every promise of the port `Outbox`; call it inside a `describe`. */
export function outboxContract(subject: OutboxSubject): void {
  claimContract(subject);
  settlementContract(subject);
  depthContract(subject);
}
