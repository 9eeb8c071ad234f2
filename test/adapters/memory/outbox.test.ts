import { describe } from 'vitest';
import { outboxContract } from '../../contracts/outbox/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { aMemoryCatalog } from '../../support/marked-catalogs.ts';

describe('the memory outbox', () => {
  outboxContract(async () => {
    const clock = createFakeClock();
    const fixture = aMemoryCatalog(clock);
    const passTime = async (milliseconds: number) => void clock.advance(milliseconds);
    return { ...fixture, passTime, other: fixture.outbox };
  });
});
