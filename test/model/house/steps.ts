import fc from 'fast-check';
import type { Clients } from './clients.ts';
import { KEYS } from './clients.ts';
import type { House } from './house.ts';
import { ROUNDS } from './instance.ts';
import type { Operator } from './operator.ts';
import type { Trouble } from './remote.ts';

/** Something begins; then so many calls of all that is under way go on. */
export interface Step {
  readonly do: Action;
  /** Which instance, and which key. */
  readonly who: number;
  readonly key: number;
  readonly turns: number;
}

export interface Scene {
  readonly house: House;
  readonly clients: Clients;
  readonly operator: Operator;
}

type Act = (scene: Scene, step: Step) => void | Promise<void>;

const onInstance =
  (act: (scene: Scene, instance: House['instances'][number], key: string, step: Step) => void): Act =>
  (scene, step) => {
    const instance = scene.house.instances[step.who];
    if (instance !== undefined) act(scene, instance, KEYS[step.key] ?? KEYS[0], step);
  };
const copyIs =
  (change: Partial<Trouble>): Act =>
  ({ house }) =>
    void Object.assign(house.copyTrouble, change);
/** Meanwhile the instances look at the record and at what waits for the copy, all but one. */
const passes =
  (ms: number): Act =>
  ({ house }, { who }) => {
    house.clock.advance(ms);
    for (const instance of house.instances.toSpliced(who, 1)) {
      instance.begin('phase');
      instance.begin('relay');
    }
  };

/**
 * So long that copies expire. What was under way has come to its end before: an older copy that arrives after the tombstone of a newer
 * one has expired is not kept out by anything, and a call never takes so long.
 */
const passesInPeace =
  (ms: number): Act =>
  async ({ house }) => {
    for (let left = 20; left > 0 && house.scheduler.waiting() > 0; left -= 1) {
      house.clock.advance(30_000);
      await house.go(5000);
    }
    house.clock.advance(ms);
  };

const ACTIONS = {
  write: [8, onInstance(({ clients }, instance, key) => clients.put(instance, key, 1))],
  'write unpopular': [3, onInstance(({ clients }, instance, key) => clients.put(instance, key, 0))],
  patch: [3, onInstance(({ clients }, instance, key) => clients.patch(instance, key))],
  delete: [6, onInstance(({ clients }, instance, key) => clients.remove(instance, key))],
  view: [2, onInstance(({ clients }, instance, key) => clients.view(instance, key))],
  read: [5, onInstance(({ clients }, instance, key) => clients.read(instance, [key]))],
  'read all': [10, onInstance(({ clients }, instance) => clients.read(instance, KEYS))],
  round: [
    16,
    onInstance((_scene, instance, _key, { turns }) =>
      instance.begin(ROUNDS[turns % ROUNDS.length] ?? 'phase'),
    ),
  ],
  relay: [6, onInstance((_scene, instance) => instance.begin('relay'))],
  look: [1, onInstance((_scene, instance) => instance.begin('look'))],
  'give up': [1, onInstance((_scene, instance) => instance.giveUp())],
  crash: [2, ({ house }, { who }) => house.replace(who)],
  advance: [4, ({ operator }) => operator.advance()],
  back: [2, ({ operator }) => operator.back()],
  repair: [1, ({ operator }) => operator.start('repair')],
  pause: [1, ({ operator }) => operator.change('pause')],
  resume: [1, ({ operator }) => operator.change('resume')],
  'copy down': [1, copyIs({ mode: 'down' })],
  'copy throttled': [1, copyIs({ mode: 'throttled' })],
  'copy slow': [1, copyIs({ delayMs: 40 })],
  'copy frozen': [1, copyIs({ delayMs: 20_000 })],
  'copy up': [6, copyIs({ mode: 'up', delayMs: 0 })],
  'copy loses answers': [2, copyIs({ losing: 2 })],
  'catalogue loses an answer': [1, ({ house }) => void Object.assign(house.truthTrouble, { losing: 1 })],
  'a moment passes': [6, ({ house }) => house.clock.advance(50)],
  'a second passes': [4, passes(1000)],
  'a lease passes': [1, passes(5001)],
  'half a minute passes': [1, passes(30_001)],
  'an hour passes': [1, passesInPeace(3_600_001)],
  'a month passes': [1, passesInPeace(31 * 24 * 3_600_000)],
} as const satisfies Readonly<Record<string, readonly [weight: number, act: Act]>>;
type Action = keyof typeof ACTIONS;

const NAMES = Object.keys(ACTIONS) as Action[];

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    do: fc.oneof(...NAMES.map((name) => ({ weight: ACTIONS[name][0], arbitrary: fc.constant(name) }))),
    who: fc.nat(2),
    key: fc.nat(KEYS.length - 1),
    turns: fc.nat(12),
  }),
  { minLength: 5, maxLength: 40, size: 'max' },
);

export async function take(scene: Scene, step: Step): Promise<void> {
  await ACTIONS[step.do][1](scene, step);
  await scene.house.go(step.turns);
  // A step without turns lets several things begin in one moment.
  scene.house.ledger.check();
}
