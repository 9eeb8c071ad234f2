import { describe } from 'vitest';
import { answersContract } from './answers.contract.ts';
import type { IdempotencySubject } from './fixture.ts';
import { keysContract } from './keys.contract.ts';
import { reservationsContract } from './reservations.contract.ts';

/** Every promise of the port `IdempotencyStore`. */
export function idempotencyStoreContract(subject: IdempotencySubject): void {
  describe('IdempotencyStore', () => {
    reservationsContract(subject);
    answersContract(subject);
    keysContract(subject);
  });
}
