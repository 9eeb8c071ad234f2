import { expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest, consumeUntilDenied } from './fixture.ts';

/** What a service that was started anew still knows. What a crash of the store takes is for the adapter's own tests. */
export function survivalContract(make: MakeCounters): void {
  test.each(COUNTING_ALGORITHMS)(
    '%s: what was taken counts after a restart of the service, if declared',
    async (algorithm) => {
      const { store, restart, differences } = await make();
      const request = aRequest({ algorithm, limit: 5 });
      await consumeUntilDenied(store, request, 6);
      const isForgotten = differences.survives === 'nothing';
      expect((await restart().peek(request, aCall())).allowed).toBe(isForgotten);
    },
  );
}
