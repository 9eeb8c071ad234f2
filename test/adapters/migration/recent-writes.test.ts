import { describe, expect, it } from 'vitest';
import { createRecentWrites } from '../../../src/adapters/migration/recent-writes.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function recentWrites({ keptMs = 1000, maxKeys = 3 } = {}) {
  const clock = createFakeClock();
  return { clock, recent: createRecentWrites({ elapsedMs: () => clock.elapsedMs(), keptMs, maxKeys }) };
}

describe('recent writes', () => {
  it('ask for no version of what was not written here', () => {
    expect(recentWrites().recent.leastVersion('a')).toBe(0);
  });

  it('ask for the version that was written, and for more than any while it is not known', () => {
    const { recent } = recentWrites();
    recent.note('a', undefined);
    expect(recent.leastVersion('a')).toBe(Number.POSITIVE_INFINITY);
    recent.note('a', 4);
    expect(recent.leastVersion('a')).toBe(4);
  });

  it('keep the newest version when the answers of two writes come in the other order', () => {
    const { recent } = recentWrites();
    for (const version of [undefined, undefined, 5, 4]) recent.note('a', version);
    expect(recent.leastVersion('a')).toBe(5);
  });

  it('forget a key when its time is over', () => {
    const { recent, clock } = recentWrites({ keptMs: 1000 });
    recent.note('a', 4);
    clock.advance(999);
    expect(recent.leastVersion('a')).toBe(4);
    clock.advance(1);
    expect(recent.leastVersion('a')).toBe(0);
  });

  it('do not hold a version against a key that was forgotten and written again', () => {
    const { recent, clock } = recentWrites({ keptMs: 1000 });
    recent.note('a', 9);
    clock.advance(1000);
    recent.note('a', 4);
    expect(recent.leastVersion('a')).toBe(4);
  });

  it('forget what was written longest ago when there are too many', () => {
    const { recent } = recentWrites({ maxKeys: 2 });
    for (const [key, version] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const)
      recent.note(key, version);
    expect(['a', 'b', 'c'].map((key) => recent.leastVersion(key))).toEqual([3, 0, 4]);
  });
});
