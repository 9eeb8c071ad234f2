import fc from 'fast-check';
import type { HotScope } from '../../../src/domain/migration/hot-scope.ts';
import type { Phase } from '../../../src/ports/phase-store.ts';
import { PHASES } from '../../../src/ports/phase-store.ts';
import { createClients, KEYS } from './clients.ts';
import { createHouse } from './house.ts';
import { bringTo, createOperator } from './operator.ts';
import { settle } from './settle.ts';
import type { Step } from './steps.ts';
import { steps, take } from './steps.ts';
import type { Variant } from './variant.ts';

/** All that a run depends on. */
export interface Script {
  readonly seed: number;
  readonly scope: HotScope['name'];
  readonly start: Phase;
  readonly steps: readonly Step[];
}

export const scripts: fc.Arbitrary<Script> = fc.record({
  seed: fc.integer(),
  scope: fc.constantFrom('all', 'all', 'popular'),
  start: fc.constantFrom(...PHASES),
  steps,
});

/** Plays a script. @throws {Broken} when a promise was broken. */
export async function play(
  { seed, scope, start, steps: script }: Script,
  variant: Variant = {},
): Promise<void> {
  const house = createHouse({ seed, scope, variant });
  const clients = createClients(house);
  const [first] = house.instances;
  // Two programs are older than the migration.
  await house.scheduler.atOnce(async () => {
    for (const key of KEYS.slice(0, 2)) if (first) clients.put(first, key, 1);
    while (clients.busy() > 0) await new Promise<void>((resolve) => setImmediate(resolve));
  });
  await bringTo(house, start);
  const scene = { house, clients, operator: createOperator(house) };
  for (const step of script) await take(scene, step);
  await settle(scene);
}
