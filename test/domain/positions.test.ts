import { describe, expect, it } from 'vitest';
import { isProgramPosition } from '../../src/domain/program/program-query.ts';
import { isRankedPosition } from '../../src/domain/ranked-paging.ts';

// Anybody can compute a cursor's check: what it carries must not reach a store unless the service could have made it.
describe('a forged position', () => {
  it.each([
    [['list', 0]],
    [['list', -1]],
    [['list', 1.5]],
    [['list', 1001]],
    [['list', 1e12]],
    [[7, 1]],
    [['list']],
  ])('in a ranked list is refused: %j', (position) => {
    expect(isRankedPosition(position)).toBe(false);
  });

  it.each([
    ['title', ['a\u0000', 'p']],
    ['title', ['a', 'p\u0000']],
    ['title', ['\ud800', 'p']],
    ['title', [null, 'p']],
    ['-viewCount', [0.5, 'p']],
    ['-viewCount', ['1', 'p']],
    ['-releaseDate', ['yesterday', 'p']],
    ['-popularityScore', [null, 'p']],
    ['title', ['a']],
  ] as const)('in a list by %s is refused: %j', (sort, position) => {
    expect(isProgramPosition(sort, position)).toBe(false);
  });

  it('is told from what the service makes', () => {
    expect(isRankedPosition(['list', 1000])).toBe(true);
    expect(isProgramPosition('-releaseDate', [null, 'p'])).toBe(true);
    expect(isProgramPosition('-popularityScore', [0.5, 'p'])).toBe(true);
  });
});
