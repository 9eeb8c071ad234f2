import { expect, it } from 'vitest';
import { seenUnlessStale } from './seen.ts';

/** Holds from the third look on. */
function aLateCheck() {
  const check = async () => {
    check.looks += 1;
    if (check.looks < 3) throw new Error('not there yet');
  };
  check.looks = 0;
  return check;
}

it('a back end that declares no stale reads is looked at once', async () => {
  const check = aLateCheck();
  await expect(seenUnlessStale(false, check)).rejects.toThrow('not there yet');
  expect(check.looks).toBe(1);
});

it('one that declares them is looked at until it shows the write', async () => {
  const check = aLateCheck();
  await seenUnlessStale(true, check);
  expect(check.looks).toBe(3);
});
