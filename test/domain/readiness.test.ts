import { describe, expect, it, vi } from 'vitest';
import { NEVER_CHANGED } from '../../src/domain/migration/phase-epochs.ts';
import { createReadiness } from '../../src/domain/readiness.ts';
import type { Phase } from '../../src/ports/phase-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const aPhase = (phase: Phase) => ({ ...NEVER_CHANGED, phase, epoch: 1 });

const works = async () => undefined;
const MISS = { outcome: 'miss' } as const;
const fails = async () => Promise.reject(new Error('down'));

function aReadiness({
  catalog = works,
  hotPrograms = works,
  searchIndex = works,
  counters = works,
  searchCopy = works,
  isHotWhole = true,
  phases = async () => aPhase('dual-write'),
} = {}) {
  const clock = createFakeClock();
  const get = vi.fn(catalog);
  const decision = { allowed: true, remaining: 1, retryAfterMs: 0, resetAfterMs: 0 };
  const stores = {
    catalog: { get },
    hotPrograms: { get: async () => (await hotPrograms()) ?? MISS },
    isHotWhole,
    searchIndex: { get: searchIndex },
    searchCopy: { get: searchCopy },
    phases: { read: phases },
    counters: { peek: async () => (await counters()) ?? decision },
  };
  const readiness = createReadiness({ ...stores, clock }, 20);
  return { readiness, clock, get };
}

describe('createReadiness', () => {
  it('is ready when every store answers, whether or not the probed ids exist', async () => {
    expect(await aReadiness().readiness.check()).toEqual({
      status: 'ready',
      phase: 'dual-write',
      checks: {
        catalog: 'up',
        hotPrograms: 'up',
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
    expect(await aReadiness({ hotPrograms: fails }).readiness.check()).toMatchObject({
      status: 'degraded',
      checks: { hotPrograms: 'down' },
    });
  });

  it.each(['off', 'dual-write', 'read-fallback'] as const)(
    'can do without the hot store in the phase %s',
    async (phase) => {
      const { readiness } = aReadiness({ hotPrograms: fails, phases: async () => aPhase(phase) });
      expect(await readiness.check()).toMatchObject({ status: 'degraded', phase });
    },
  );

  it('is unavailable without the hot store when that is primary and has every program', async () => {
    const phases = async () => aPhase('primary');
    expect(await aReadiness({ hotPrograms: fails, phases }).readiness.check()).toMatchObject({
      status: 'unavailable',
      checks: { catalog: 'up', hotPrograms: 'down' },
    });
    expect(
      await aReadiness({ hotPrograms: fails, phases, isHotWhole: false }).readiness.check(),
    ).toMatchObject({ status: 'degraded' });
  });

  it('looks at the copy of the search index in any phase, and goes on without it', async () => {
    expect(await aReadiness({ searchCopy: fails }).readiness.check()).toMatchObject({
      status: 'degraded',
      checks: { searchIndex: 'down' },
    });
  });

  it('goes on telling the last known phase when it can not be read', async () => {
    const phases = vi.fn(async () => aPhase('primary'));
    const { readiness, clock } = aReadiness({ phases });
    expect(await readiness.check()).toMatchObject({ phase: 'primary' });
    phases.mockRejectedValue(new Error('down'));
    clock.advance(1000);
    expect(await readiness.check()).toMatchObject({ status: 'ready', phase: 'primary' });
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
