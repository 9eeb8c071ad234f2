import { describe, expect, it } from 'vitest';
import { createShadowReads } from '../../../src/domain/migration/shadow-reads.ts';
import type { ComparisonClass } from '../../../src/ports/comparisons.ts';
import type { Phase } from '../../../src/ports/phase-store.ts';
import { aCall } from '../../support/call.ts';
import { aHouse } from './fixture.ts';

const GRACE_MS = 1000;

interface Shadowing {
  readonly percent?: number;
  readonly random?: () => number;
  readonly phase?: Phase;
}

function shadows({ percent = 100, random = () => 0, phase = 'dual-write' }: Shadowing = {}) {
  const house = aHouse();
  const compared: ComparisonClass[] = [];
  let epoch = 4;
  const shadow = createShadowReads({
    ...house,
    phase: () => ({ phase, epoch }),
    percent,
    random,
    graceMs: GRACE_MS,
    onCompared: (name) => void compared.push(name),
  });
  return {
    ...house,
    shadow,
    compared,
    moveOn: () => {
      epoch += 1;
    },
    tally: (at = epoch) => house.comparisons.tally('programs', at, aCall()),
    differences: () => house.comparisons.differences('programs', {}, 10, aCall()),
    /** Rounds until nothing is due, with the grace between. */
    async rounds(count: number) {
      for (let round = 0; round < count; round += 1) {
        await shadow.round(aCall());
        house.clock.advance(GRACE_MS);
      }
      await shadow.flush(aCall());
    },
  };
}

/** Numbers from 0 up to but not 1, the same in every run. */
function aSequence(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 2 ** 31;
  };
}

describe('which reads are compared', () => {
  it.each([1, 10, 50])('are %i %% of them, as chance has it', async (percent) => {
    const { shadow } = shadows({ percent, random: aSequence() });
    const reads = 10_000;
    let compared = 0;
    for (let read = 0; read < reads; read += 1) {
      shadow.offer(`key-${read}`, false);
      compared += await shadow.round(aCall());
    }
    const share = percent / 100;
    const deviation = Math.sqrt(reads * share * (1 - share));
    expect(Math.abs(compared - reads * share)).toBeLessThan(4 * deviation);
  });

  it('are all of the suspects, and none at 0 %', async () => {
    const { shadow } = shadows({ percent: 0 });
    shadow.offer('sound', false);
    shadow.offer('suspect', true);
    expect(await shadow.round(aCall())).toBe(1);
  });

  it('are none in the phase off', async () => {
    const { shadow } = shadows({ phase: 'off' });
    shadow.offer('a', true);
    expect(await shadow.round(aCall())).toBe(0);
  });

  it('are each key once while it waits, and no more than 1,000', async () => {
    const { shadow } = shadows();
    for (let read = 0; read < 1500; read += 1) {
      shadow.offer(`key-${read}`, false);
      shadow.offer(`key-${read % 1000}`, false);
    }
    expect(shadow.dropped()).toBe(500);
    let compared = 0;
    for (let made = await shadow.round(aCall()); made > 0; made = await shadow.round(aCall())) {
      expect(made).toBeLessThanOrEqual(50);
      compared += made;
    }
    expect(compared).toBe(1000);
  });
});

describe('what comparisons come to', () => {
  it('is counted and told at the epoch they were made in', async () => {
    const { shadow, hot, write, rounds, moveOn, tally, compared } = shadows();
    for (const key of ['a', 'b']) await hot.put(await write(key), {}, aCall());
    shadow.offer('a', false);
    await shadow.round(aCall());
    moveOn();
    shadow.offer('b', false);
    await rounds(1);
    expect([await tally(4), await tally(5)]).toEqual([{ match: 1 }, { match: 1 }]);
    expect(compared).toEqual(['match', 'match']);
  });

  it('is told once', async () => {
    const { shadow, hot, write, rounds, tally } = shadows();
    await hot.put(await write('a'), {}, aCall());
    shadow.offer('a', false);
    await rounds(1);
    await shadow.flush(aCall());
    expect(await tally()).toEqual({ match: 1 });
  });

  it('is no fault when the copy follows within the grace', async () => {
    const { shadow, hot, write, clock, rounds, tally, differences } = shadows();
    const program = await write('a');
    shadow.offer('a', false);
    expect(await shadow.round(aCall())).toBe(1);
    expect(await shadow.round(aCall())).toBe(0);
    await hot.put(program, {}, aCall());
    clock.advance(GRACE_MS);
    await rounds(1);
    expect([await tally(), await differences()]).toEqual([{ match: 1 }, []]);
  });

  it('is a fault when the copy is still behind after three looks', async () => {
    const { shadow, write, rounds, tally, differences } = shadows();
    await write('a');
    shadow.offer('a', false);
    await rounds(2);
    expect(await tally()).toEqual({});
    await rounds(1);
    expect(await tally()).toEqual({ 'new-missing': 1 });
    expect(await differences()).toMatchObject([
      { key: 'a', class: 'new-missing', foundBy: 'shadow', truthVersion: 1, copyVersion: null },
    ]);
  });

  it('is a fault at once when the same version differs', async () => {
    const { shadow, hot, write, rounds, differences } = shadows();
    await hot.put({ ...(await write('a')), title: 'Spoilt' }, {}, aCall());
    shadow.offer('a', false);
    await rounds(1);
    expect(await differences()).toMatchObject([{ class: 'same-version-different', paths: ['/title'] }]);
  });
});
