import type { HotScope } from '../../../src/domain/migration/hot-scope.ts';
import { ALL_PROGRAMS } from '../../../src/domain/migration/hot-scope.ts';
import type { Call } from '../../../src/ports/call.ts';
import type { PhaseRecord } from '../../../src/ports/phase-store.ts';
import { PHASES } from '../../../src/ports/phase-store.ts';
import { aCall } from '../../support/call.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { Instance } from './instance.ts';
import { createInstance } from './instance.ts';
import type { Ledger } from './ledger.ts';
import { createLedger } from './ledger.ts';
import type { Trouble } from './remote.ts';
import { noTrouble, remote } from './remote.ts';
import type { Scheduler } from './scheduler.ts';
import { createScheduler, untilQuiet } from './scheduler.ts';
import type { Stores } from './stores.ts';
import { createStores } from './stores.ts';
import type { Variant } from './variant.ts';

export const BOUNDS = { maxLagMs: 5000, soakMs: 0, minComparisons: 0, copyReadTimeoutMs: 50 };
const INSTANCES = 3;

/** Programs that are looked at or scored go to the hot store; the others leave it after a while. */
const POPULAR: HotScope = {
  name: 'popular',
  ttlMs: 30 * 24 * 3_600_000,
  holds: ({ viewCount, popularityScore }) => viewCount >= 2 || popularityScore > 0,
};

export interface HouseOptions {
  readonly seed: number;
  readonly scope: HotScope['name'];
  readonly variant?: Variant;
}

/** Instances of the service over the stores of one house. */
export interface House {
  readonly clock: FakeClock;
  readonly scheduler: Scheduler;
  readonly ledger: Ledger;
  readonly stores: Stores;
  readonly scope: HotScope;
  readonly variant: Variant;
  readonly copyTrouble: Trouble;
  readonly truthTrouble: Trouble;
  readonly instances: Instance[];
  /** How often reads ended how. */
  readonly outcomes: Map<string, number>;
  saw(outcome: string): void;
  record(): PhaseRecord;
  portsFor(life: AbortSignal, seesMarks: () => boolean): Ports;
  /** Puts a new process in the place of one. */
  replace(which: number): void;
  /** Lets up to so many calls go on, and looks at the promises after each. */
  go(turns: number): Promise<void>;
}

export type Ports = Pick<Stores, 'catalog' | 'outbox' | 'phases' | 'hot' | 'comparisons' | 'jobs'>;

export function createHouse({ seed, scope, variant = {} }: HouseOptions): House {
  const clock = createFakeClock();
  const ledger = createLedger(clock);
  const scheduler = createScheduler(seed, clock);
  const stores = createStores(clock, ledger, variant);
  const [copyTrouble, truthTrouble] = [noTrouble(), noTrouble()];
  let born = 0;
  const house: House = {
    clock,
    ledger,
    scheduler,
    stores,
    variant,
    copyTrouble,
    truthTrouble,
    scope: scope === 'all' ? ALL_PROGRAMS : POPULAR,
    instances: [],
    outcomes: new Map(),
    saw: (outcome) => house.outcomes.set(outcome, (house.outcomes.get(outcome) ?? 0) + 1),
    record: () => stores.phases.current('programs'),
    portsFor(life, seesMarks) {
      const truth = { store: TRUTH, scheduler, trouble: truthTrouble, life };
      const { outbox, phases, comparisons, jobs } = stores;
      const { atStore = same, atCaller = same } = outbox as Partial<Numbered>;
      return {
        catalog: atCaller(remote(atStore(stores.catalogFor(seesMarks)), truth)),
        outbox: remote(outbox, truth),
        phases: remote(phases, truth),
        comparisons: remote(comparisons, truth),
        jobs: remote(jobs, truth),
        hot: remote(stores.hot, { store: 'the copy', scheduler, trouble: copyTrouble, life }),
      };
    },
    replace(which) {
      house.instances[which]?.crash();
      house.instances[which] = createInstance(house, `instance-${born}`);
      born += 1;
    },
    async go(turns) {
      await untilQuiet();
      for (let left = turns; left > 0 && (await scheduler.next()); left -= 1) await examine(house);
    },
  };
  for (let which = 0; which < INSTANCES; which += 1) house.replace(which);
  return house;
}

/** What a client hears when an answer of the catalogue's database was lost. */
export const TRUTH = 'the catalogue';

type Numbered = Required<
  Pick<NonNullable<ReturnType<NonNullable<Variant['outbox']>>>, 'atStore' | 'atCaller'>
>;

function same<Port>(port: Port): Port {
  return port;
}

export const CALL: Call = aCall();

/** What must hold at every moment. */
async function examine({ ledger, stores, instances, record }: House): Promise<void> {
  const acted = instances.map(({ watch }) => watch.current('programs')).filter(({ known }) => known);
  const steps = [...acted, record()].map(({ phase }) => PHASES.indexOf(phase));
  if (Math.max(...steps) - Math.min(...steps) > 1)
    ledger.fail('instances are at most one step apart', steps.join(' '));
  const { pending, parked } = await stores.outbox.depth('programs', CALL);
  if (pending + parked === 0) examineDrained(ledger);
  ledger.check();
}

function examineDrained(ledger: Ledger): void {
  for (const key of ledger.keys()) {
    const last = ledger.history(key).findLast(({ isMarked }) => isMarked)?.version ?? 0;
    const copied = ledger.lastCopied(key);
    if (copied < last)
      ledger.fail(
        'no write is missing from the copy after the outbox drained',
        `${key} is ${last} and ${copied} in the copy`,
      );
  }
}
