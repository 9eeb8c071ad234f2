import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSteadyClock } from '../../../src/domain/limits/steady-clock.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

test('goes on where it was when the wall clock steps back, and keeps pace with it otherwise', () => {
  const clock = createFakeClock(1000);
  const now = createSteadyClock(clock);
  expect(now()).toEqual({ wallMs: 1000, steadyMs: 1000 });
  clock.advance(500);
  expect(now()).toEqual({ wallMs: 1500, steadyMs: 1500 });
  clock.set(200);
  expect(now()).toEqual({ wallMs: 200, steadyMs: 1500 });
  clock.advance(10);
  expect(now()).toEqual({ wallMs: 210, steadyMs: 1510 });
});

test('never goes backwards and reads whole milliseconds', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true })), (readings) => {
      const clock = createFakeClock(0);
      const now = createSteadyClock(clock);
      let last = now().steadyMs;
      for (const reading of readings) {
        clock.set(reading);
        const { steadyMs, wallMs } = now();
        expect(steadyMs).toBeGreaterThanOrEqual(last);
        expect([steadyMs, wallMs].every(Number.isSafeInteger)).toBe(true);
        last = steadyMs;
      }
    }),
  );
});
