import fc from 'fast-check';
import type { HotScope } from '../../../src/domain/migration/hot-scope.ts';
import { createClients, KEYS } from './clients.ts';
import type { House } from './house.ts';
import { createHouse } from './house.ts';
import type { Standing } from './operator.ts';
import { bringTo, createOperator, STANDINGS } from './operator.ts';
import { untilQuiet } from './scheduler.ts';
import { settle } from './settle.ts';
import type { Step } from './steps.ts';
import { steps, take } from './steps.ts';
import type { Variant } from './variant.ts';

/** All that a run depends on. */
export interface Script {
  readonly seed: number;
  readonly scope: HotScope['name'];
  readonly start: Standing;
  readonly steps: readonly Step[];
}

export const scripts: fc.Arbitrary<Script> = fc.record({
  seed: fc.integer(),
  scope: fc.constantFrom('all', 'all', 'popular'),
  start: fc.constantFrom(...(Object.keys(STANDINGS) as Standing[]), 'all reads', 'primary'),
  steps,
});

/** Plays a script in a house of its own. @throws {Broken} when a promise was broken. */
export async function play(
  { seed, scope, start, steps: script }: Script,
  variant: Variant = {},
): Promise<House> {
  const house = createHouse({ seed, scope, variant });
  const clients = createClients(house);
  const [first] = house.instances;
  // Two programs are older than the migration.
  await house.scheduler.atOnce(async () => {
    for (const key of KEYS.slice(0, 2)) if (first) clients.put(first, key, 1);
    while (clients.busy() > 0) await untilQuiet();
  });
  await bringTo(house, start);
  const scene = { house, clients, operator: createOperator(house) };
  for (const step of script) await take(scene, step);
  await settle(scene);
  return house;
}
