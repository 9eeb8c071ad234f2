import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/ports/call.ts';
import type { Outbox } from '../../../src/ports/outbox.ts';
import { aCall } from '../../support/call.ts';
import type { OutboxSubject } from './fixture.ts';
import { claim, write } from './fixture.ts';

const CALLS: Readonly<Record<string, (outbox: Outbox, call: Call) => Promise<unknown>>> = {
  claim: (outbox, call) => outbox.claim('search', 1, 60_000, call),
  settle: (outbox, call) => outbox.settle('search', [{ key: 'a', version: 1, attempts: 0 }], call),
  putOff: (outbox, call) =>
    outbox.putOff('search', [{ key: 'a', version: 1, attempts: 0 }], 60_000, 'no', call),
  depth: (outbox, call) => outbox.depth('search', call),
};

export function depthContract(subject: OutboxSubject): void {
  describe('depth', () => {
    it('counts claimed marks too, and is as old as the oldest', async () => {
      const fixture = await subject();
      expect(await fixture.outbox.depth('search', aCall())).toEqual({ pending: 0, oldestAgeMs: 0 });
      await write(fixture, 'a');
      await fixture.passTime(100_000);
      await write(fixture, 'b', 'a');
      const [mark] = await claim(fixture, 1);
      const depth = await fixture.outbox.depth('search', aCall());
      expect(depth.pending).toBe(2);
      // A server's clock goes on by itself: the bounds leave it 50 s.
      expect(depth.oldestAgeMs).toBeGreaterThanOrEqual(100_000);
      expect(depth.oldestAgeMs).toBeLessThan(150_000);
      if (mark === undefined) throw new Error('a mark was left');
      await fixture.outbox.settle('search', [mark], aCall());
      const rest = await fixture.outbox.depth('search', aCall());
      expect(rest.pending).toBe(1);
      expect(rest.oldestAgeMs).toBeLessThan(50_000);
    });
  });

  describe('an aborted call', () => {
    it.each(Object.keys(CALLS))('%s rejects with the reason and does nothing', async (name) => {
      const fixture = await subject();
      await write(fixture, 'a');
      const reason = new Error('nobody waits');
      await expect(CALLS[name]?.(fixture.outbox, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(await claim(fixture)).toEqual([{ key: 'a', version: 1, attempts: 0 }]);
    });
  });
}
