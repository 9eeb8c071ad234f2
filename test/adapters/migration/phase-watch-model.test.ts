import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PhaseWatch } from '../../../src/adapters/migration/phase-watch.ts';
import type { Phase } from '../../../src/ports/phase-store.ts';
import { PHASES } from '../../../src/ports/phase-store.ts';
import { aChange } from '../../contracts/phase-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import type { Flight, House } from './watch-fixture.ts';
import { aHouse, heldUp } from './watch-fixture.ts';

const LEASE_MS = 5000;
const INSTANCES = 3;

interface Instance {
  readonly watch: PhaseWatch;
  readonly flights: Flight[];
  /** Set while a round is under way. */
  giveUp: (() => void) | undefined;
}

interface World {
  readonly house: House;
  readonly instances: Instance[];
  started: number;
  /** The epoch that the driver found every live instance to act on, until it has made its change. */
  earned: number | undefined;
}

type Step =
  | {
      readonly do: 'round' | 'give up' | 'restart' | 'read' | 'register' | 'deliver';
      readonly who: number;
      readonly which: number;
    }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'look' | 'change' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('round', 'read', 'register', 'register', 'deliver', 'deliver'),
      who: fc.nat(INSTANCES - 1),
      which: fc.nat(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('give up', 'restart'),
      who: fc.nat(INSTANCES - 1),
      which: fc.constant(0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(1, 500, 2500, 5000) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('look', 'change') }) },
);

function anInstance(house: House, number: number): Instance {
  const flights: Flight[] = [];
  const watch = house.aWatch({ instanceId: `instance-${number}`, phases: heldUp(house.store, flights) });
  return { watch, flights, giveUp: undefined };
}

function begin(instance: Instance): void {
  if (instance.giveUp !== undefined) return;
  const caller = new AbortController();
  instance.giveUp = () => caller.abort(new Error('took too long'));
  const end = () => {
    instance.giveUp = undefined;
  };
  instance.watch.round({ signal: caller.signal }).then(end, end);
}

/** The phases there and back again, one step at a time. */
function phaseAt(epoch: number): Phase {
  const there = epoch % (2 * (PHASES.length - 1));
  return PHASES[there < PHASES.length ? there : 2 * (PHASES.length - 1) - there] ?? 'off';
}

async function look(world: World): Promise<void> {
  const { store } = world.house;
  const { epoch } = store.current('programs');
  const live = (await store.instances(aCall())).filter(({ ageMs }) => ageMs < LEASE_MS);
  world.earned = live.every(({ epochs }) => epochs.programs === epoch) ? epoch : undefined;
}

async function change({ house, earned }: World): Promise<void> {
  if (earned === undefined) return;
  await house.store.change('programs', earned, aChange({ phase: phaseAt(earned + 1) }), aCall());
}

async function take(world: World, made: Step): Promise<void> {
  if (made.do === 'pass') return world.house.clock.advance(made.ms);
  if (!('who' in made)) return made.do === 'look' ? look(world) : change(world);
  const instance = world.instances[made.who];
  const flight = instance?.flights[made.which];
  if (made.do === 'round' && instance) begin(instance);
  if (made.do === 'give up') instance?.giveUp?.();
  if (made.do === 'restart') {
    world.instances[made.who] = anInstance(world.house, world.started);
    world.started += 1;
  }
  if (made.do === 'read') flight?.read();
  if (made.do === 'register' && flight?.stage !== 'registered') await flight?.register();
  if (made.do === 'deliver' && flight?.stage === 'registered') {
    flight.deliver();
    instance?.flights.splice(made.which, 1);
  }
}

function expectAtMostOneStepApart({ house, instances }: World): void {
  const acted = instances.map(({ watch }) => watch.current('programs')).filter(({ known }) => known);
  const epochs = [...acted.map(({ epoch }) => epoch), house.store.current('programs').epoch];
  expect(Math.max(...epochs) - Math.min(...epochs)).toBeLessThanOrEqual(1);
  const steps = acted.map(({ phase }) => PHASES.indexOf(phase));
  if (steps.length > 0) expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
}

it('instances are never more than one step apart while the driver waits for each of them', async () => {
  let furthest = 0;
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 20, maxLength: 150, size: 'max' }),
    async (steps) => {
      const house = aHouse();
      const instances = Array.from({ length: INSTANCES }, (_, number) => anInstance(house, number));
      const world: World = { house, instances, started: INSTANCES, earned: undefined };
      for (const made of steps) {
        await take(world, made);
        await turn();
        expectAtMostOneStepApart(world);
      }
      furthest = Math.max(furthest, house.store.current('programs').epoch);
    },
  );
  await fc.assert(property, { numRuns: 1000 });
  // A driver that never gets anywhere would prove nothing.
  expect(furthest).toBeGreaterThan(3);
}, 60_000);
