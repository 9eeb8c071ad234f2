import { describe } from 'vitest';
import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { leasesContract } from '../../contracts/leases/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('memory Leases', () => {
  leasesContract(async () => {
    const clock = createFakeClock();
    const leases = createMemoryLeases({ clock });
    return { leases, elsewhere: leases, advance: async (ms) => clock.advance(ms) };
  });
});
