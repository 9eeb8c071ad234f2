import { describe } from 'vitest';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { pluginContract } from './plugin.contract.ts';

describe('the guard on counters in memory', () => {
  const store = createMemoryCounterStore({ clock: createSystemClock() });
  pluginContract(() => store);
});
