import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aDraft } from '../support/builders.ts';
import { aCall } from '../support/call.ts';
import type { TestService } from '../support/service.ts';
import { aService } from '../support/service.ts';

let service: TestService;

beforeEach(() => {
  vi.useFakeTimers();
  service = aService();
});

afterEach(async () => {
  await service.dispose();
  vi.useRealTimers();
});

it('search follows a lone write at once, and many with a claim for each 50 ms', async () => {
  const { outbox, programCatalog: catalog, searchIndex, searchRelay } = service.cradle;
  const claim = vi.spyOn(outbox, 'claim');
  const write = async (programId: string) => {
    await catalog.put(aDraft({ programId }), { kind: 'any' }, new Date(), aCall());
    searchRelay.nudge();
  };
  searchRelay.start();
  await vi.advanceTimersByTimeAsync(60);
  await write('lone-1');
  await vi.advanceTimersByTimeAsync(5);
  expect(await searchIndex.get('lone-1', aCall())).toBeDefined();
  claim.mockClear();
  for (let at = 0; at < 100; at += 1) {
    await write(`many-${at}`);
    await vi.advanceTimersByTimeAsync(2);
  }
  expect(claim.mock.calls.length).toBeLessThanOrEqual(5);
  await vi.advanceTimersByTimeAsync(50);
  expect(await outbox.depth('documents', aCall())).toMatchObject({ pending: 0 });
});
