import { expect, test } from 'vitest';
import { createCounterNames } from '../../../../src/adapters/memory/counters/counter-names.ts';
import { counterName } from '../../../../src/domain/limits/counter-name.ts';
import { ALGORITHMS } from '../../../../src/domain/limits/policy.ts';

test('names are those of the domain, also of more windows than are remembered', () => {
  const nameOf = createCounterNames();
  for (let round = 0; round < 2; round += 1)
    for (let windowMs = 100; windowMs < 2600; windowMs += 1)
      for (const algorithm of ALGORITHMS)
        expect(nameOf({ algorithm, windowMs })).toBe(counterName({ algorithm, windowMs }));
});
