/** Chance that depends on nothing but its seed. */
export interface Dice {
  /** 0 up to but not `below`, whole. */
  below(below: number): number;
  pick<Value>(values: readonly Value[]): Value;
  /** Dice of their own, so that what one part throws does not change what another does. */
  fork(): Dice;
}

/** Mulberry32 (Tommy Ettinger): small, and even enough to choose keys and moments. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    pick(values) {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error('there is nothing to pick from');
      return value;
    },
    fork: () => createDice(next()),
  };
}

/** `JOURNEY_SEED` replays what a journey printed; else every run goes another way. */
export function journeySeed(): number {
  const given = process.env.JOURNEY_SEED;
  const seed = given === undefined ? Date.now() % 2 ** 31 : Number(given);
  process.stderr.write(`journey: JOURNEY_SEED=${seed}\n`);
  return seed;
}
