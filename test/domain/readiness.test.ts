import { describe, expect, it, vi } from 'vitest';
import { createReadiness } from '../../src/domain/readiness.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const works = async () => undefined;
const fails = async () => Promise.reject(new Error('down'));

function aReadiness({ catalog = works, searchIndex = works, counters = works } = {}) {
  const clock = createFakeClock();
  const get = vi.fn(catalog);
  const decision = { allowed: true, remaining: 1, retryAfterMs: 0, resetAfterMs: 0 };
  const stores = {
    catalog: { get },
    searchIndex: { get: searchIndex },
    counters: { peek: async () => (await counters()) ?? decision },
  };
  const readiness = createReadiness({ ...stores, clock }, 20);
  return { readiness, clock, get };
}

describe('createReadiness', () => {
  it('is ready when every store answers, whether or not the probed ids exist', async () => {
    expect(await aReadiness().readiness.check()).toEqual({
      status: 'ready',
      phase: 'off',
      checks: {
        catalog: 'up',
        hotPrograms: 'unused',
        searchIndex: 'up',
        counters: 'up',
      },
    });
  });

  it('is unavailable without the catalogue, degraded without another store', async () => {
    expect(await aReadiness({ catalog: fails }).readiness.check()).toMatchObject({ status: 'unavailable' });
    expect(await aReadiness({ searchIndex: fails }).readiness.check()).toMatchObject({
      status: 'degraded',
      checks: { searchIndex: 'down' },
    });
    expect(await aReadiness({ counters: fails }).readiness.check()).toMatchObject({ status: 'degraded' });
  });

  it('does not wait for a store that never answers', async () => {
    const { readiness } = aReadiness({ catalog: () => new Promise(() => undefined) });
    expect(await readiness.check()).toMatchObject({ status: 'unavailable' });
  });

  it('asks the stores once a second at most', async () => {
    const { readiness, clock, get } = aReadiness();
    await Promise.all([readiness.check(), readiness.check()]);
    clock.advance(999);
    await readiness.check();
    expect(get).toHaveBeenCalledTimes(1);
    clock.advance(1);
    await readiness.check();
    expect(get).toHaveBeenCalledTimes(2);
  });
});
