import { describe, expect, it } from 'vitest';
import type { ReadyAnswer, ResponseCache } from '../../src/http/response-cache.ts';
import { createResponseCache } from '../../src/http/response-cache.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const clock = createFakeClock();

function aCache(overrides: { maxBytes?: number; fillTimeoutMs?: number } = {}): ResponseCache {
  return createResponseCache({
    clock,
    maxBytes: 1_000_000,
    freshMs: 1000,
    fillTimeoutMs: 5000,
    ...overrides,
  });
}

function answer(text: string): ReadyAnswer {
  return { body: Buffer.from(text), etag: `"${text}"`, source: 'catalog' };
}

const make = (text: string) => async () => answer(text);

describe('the response cache', () => {
  it('gives a filled answer out until it is no longer fresh', async () => {
    const cache = aCache();
    const filled = await cache.fill('k', 'g', make('one'));
    expect(cache.fresh('k')).toBe(filled);
    clock.advance(999);
    expect(cache.fresh('k')).toBe(filled);
    clock.advance(1);
    expect(cache.fresh('k')).toBeUndefined();
  });

  it('gives nothing out when the clock was set back', async () => {
    const cache = aCache();
    await cache.fill('k', 'g', make('one'));
    clock.advance(-1);
    expect(cache.fresh('k')).toBeUndefined();
    clock.advance(1);
  });

  it('gives nothing out after an invalidation, and leaves other groups alone', async () => {
    const cache = aCache();
    await cache.fill('a', 'group-a', make('a'));
    await cache.fill('b', 'group-b', make('b'));
    cache.invalidate(['group-a']);
    expect(cache.fresh('a')).toBeUndefined();
    expect(cache.fresh('b')).toBeDefined();
  });

  it('makes an answer once for a thousand callers at a time', async () => {
    const cache = aCache();
    let calls = 0;
    const slow = async () => {
      calls += 1;
      await Promise.resolve();
      return answer('one');
    };
    const answers = await Promise.all(Array.from({ length: 1000 }, () => cache.fill('k', 'g', slow)));
    expect(calls).toBe(1);
    expect(new Set(answers).size).toBe(1);
  });

  it('shares a failure, keeps none, and asks again for the next caller', async () => {
    const cache = aCache();
    let calls = 0;
    const failing = async (): Promise<ReadyAnswer> => {
      calls += 1;
      throw new Error('down');
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => cache.fill('k', 'g', failing)),
    );
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(calls).toBe(1);
    await expect(cache.fill('k', 'g', make('up'))).resolves.toEqual(answer('up'));
  });

  it('does not store a fill that began before an invalidation', async () => {
    const cache = aCache();
    const { promise, resolve } = Promise.withResolvers<ReadyAnswer>();
    const old = cache.fill('k', 'g', () => promise);
    cache.invalidate(['g']);
    resolve(answer('old'));
    expect(await old).toEqual(answer('old'));
    expect(cache.fresh('k')).toBeUndefined();
  });

  it('does not let those who come after an invalidation wait for a fill that began before it', async () => {
    const cache = aCache();
    const { promise, resolve } = Promise.withResolvers<ReadyAnswer>();
    const old = cache.fill('k', 'g', () => promise);
    cache.invalidate(['g']);
    expect(await cache.fill('k', 'g', make('new'))).toEqual(answer('new'));
    resolve(answer('old'));
    await old;
    expect(cache.fresh('k')).toEqual(answer('new'));
  });

  it('holds no more bytes than it may, and lets go of what was used least recently', async () => {
    const cache = aCache({ maxBytes: 20_000 });
    for (let index = 0; index < 100; index += 1) {
      await cache.fill(`k${index}`, 'g', make('x'.repeat(1000)));
      expect(cache.fresh('k0'), 'k0 is used all the time').toBeDefined();
      expect(cache.size()).toBeLessThanOrEqual(20_000);
    }
    expect(cache.fresh('k1')).toBeUndefined();
    expect(cache.fresh('k99')).toBeDefined();
  });

  it('does not keep an answer that is larger than all its room', async () => {
    const cache = aCache({ maxBytes: 2000 });
    await cache.fill('k', 'g', make('x'.repeat(4000)));
    expect(cache.fresh('k')).toBeUndefined();
  });

  it('keeps nothing with no room, and still makes an answer once at a time', async () => {
    const cache = aCache({ maxBytes: 0 });
    let calls = 0;
    const counted = async () => {
      calls += 1;
      return answer('one');
    };
    await Promise.all([cache.fill('k', 'g', counted), cache.fill('k', 'g', counted)]);
    expect(calls).toBe(1);
    expect(cache.fresh('k')).toBeUndefined();
  });

  it('gives a fill up at its deadline, for all who wait, and tells the store', async () => {
    const cache = aCache({ fillTimeoutMs: 20 });
    let aborted = false;
    const hanging = ({ signal }: { signal: AbortSignal }) =>
      new Promise<ReadyAnswer>(() => signal.addEventListener('abort', () => (aborted = true)));
    const waiting = [cache.fill('k', 'g', hanging), cache.fill('k', 'g', hanging)];
    const outcomes = await Promise.allSettled(waiting);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'handler-timeout' } });
    expect(aborted).toBe(true);
  });
});
