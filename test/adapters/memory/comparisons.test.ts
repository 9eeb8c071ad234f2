import { describe } from 'vitest';
import { createMemoryComparisons } from '../../../src/adapters/memory/comparisons.ts';
import { comparisonsContract } from '../../contracts/comparisons/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('memory Comparisons', () => {
  comparisonsContract(async () => {
    const clock = createFakeClock();
    const comparisons = createMemoryComparisons({ clock });
    return { comparisons, other: comparisons, passTime: async (ms: number) => clock.advance(ms) };
  });
});
