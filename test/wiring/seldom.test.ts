import { expect, it } from 'vitest';
import { seldom } from '../../src/container/seldom.ts';
import { createFakeClock } from '../support/fake-clock.ts';

it('tells the first of many, and one again when half a minute has passed', () => {
  const clock = createFakeClock();
  const told: number[] = [];
  const tell = seldom<number>(clock, (value) => void told.push(value));
  tell(1);
  tell(2);
  clock.advance(29_999);
  tell(3);
  clock.advance(1);
  tell(4);
  tell(5);
  expect(told).toEqual([1, 4]);
});
