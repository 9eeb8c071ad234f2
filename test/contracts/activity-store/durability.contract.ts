import { expect, test } from 'vitest';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { MakeActivity } from './fixture.ts';
import { aView, readRecent, readUnconfirmed } from './fixture.ts';

/** What a service that was started anew still knows. What a crash of the store takes is for the adapter's own tests. */
export function durabilityContract(make: MakeActivity): void {
  test('an acknowledged view is there after a restart of the service, unless declared otherwise', async () => {
    const { store, restart, differences } = await make();
    const view = aView({ userId: anId('u'), eventId: anId('e') });
    await store.recordViews([view], aCall());
    const isKept = differences.durable !== 'no';
    const restarted = restart();
    expect(await readRecent(restarted, view.userId ?? '')).toHaveLength(isKept ? 1 : 0);
    expect((await readUnconfirmed(restarted)).has(view.programId)).toBe(isKept);
    expect(await restarted.recordViews([view], aCall())).toEqual([isKept ? 'duplicate' : 'counted']);
  });
}
