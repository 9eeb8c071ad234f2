import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/ports/call.ts';
import type { Outbox } from '../../../src/ports/outbox.ts';
import { aCall } from '../../support/call.ts';
import type { OutboxSubject } from './fixture.ts';
import { aMark, claim, write } from './fixture.ts';

const CALLS: Readonly<Record<string, (outbox: Outbox, call: Call) => Promise<unknown>>> = {
  claim: (outbox, call) => outbox.claim('documents', 1, 60_000, call),
  settle: (outbox, call) => outbox.settle('documents', [aMark()], call),
  putOff: (outbox, call) => outbox.putOff('documents', [aMark()], 60_000, 'no', call),
  park: (outbox, call) => outbox.park('documents', [aMark()], 'no', call),
  parked: (outbox, call) => outbox.parked('documents', 1, call),
  mark: (outbox, call) => outbox.mark('documents', [{ key: 'b', version: 1 }], call),
  'mark of nothing': (outbox, call) => outbox.mark('documents', [], call),
  depth: (outbox, call) => outbox.depth('documents', call),
  hint: (outbox, call) => outbox.hint('documents', call),
};

export function depthContract(subject: OutboxSubject): void {
  describe('depth', () => {
    it('counts claimed marks too, and is as old as the oldest', async () => {
      const fixture = await subject();
      expect(await fixture.outbox.depth('documents', aCall())).toEqual({
        pending: 0,
        parked: 0,
        oldestAgeMs: 0,
      });
      await write(fixture, 'a');
      await fixture.passTime(100_000);
      await write(fixture, 'b', 'a');
      const [mark] = await claim(fixture, 1);
      const depth = await fixture.outbox.depth('documents', aCall());
      expect(depth.pending).toBe(2);
      // A server's clock goes on by itself: the bounds leave it 50 s.
      expect(depth.oldestAgeMs).toBeGreaterThanOrEqual(100_000);
      expect(depth.oldestAgeMs).toBeLessThan(150_000);
      if (mark === undefined) throw new Error('a mark was left');
      await fixture.outbox.settle('documents', [mark], aCall());
      const rest = await fixture.outbox.depth('documents', aCall());
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
      expect(await claim(fixture)).toMatchObject([{ key: 'a', version: 1, attempts: 0 }]);
    });
  });
}
