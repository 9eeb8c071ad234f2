import { claimContract } from './claims.contract.ts';
import { depthContract } from './depth.contract.ts';
import type { OutboxSubject } from './fixture.ts';
import { hintContract } from './hints.contract.ts';
import { parkingContract } from './parking.contract.ts';
import { repairContract } from './repair.contract.ts';
import { revisionContract } from './revisions.contract.ts';
import { settlementContract } from './settlement.contract.ts';

/** Every promise of the port `Outbox`; call it inside a `describe`. */
export function outboxContract(subject: OutboxSubject): void {
  claimContract(subject);
  settlementContract(subject);
  revisionContract(subject);
  parkingContract(subject);
  repairContract(subject);
  depthContract(subject);
  hintContract(subject);
}
