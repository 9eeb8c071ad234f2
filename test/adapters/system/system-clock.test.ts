import { expect, it } from 'vitest';
import { createSystemClock, createSystemMonotonicClock } from '../../../src/adapters/system/system-clock.ts';

it('the monotonic clock goes on, and is not the time of day', () => {
  const clock = createSystemMonotonicClock();
  const readings = Array.from({ length: 100 }, () => clock.elapsedMs());
  expect(readings).toEqual(readings.toSorted((a, b) => a - b));
  expect(clock.elapsedMs()).toBeLessThan(createSystemClock().now() / 2);
});
