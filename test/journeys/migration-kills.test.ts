import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { useDynamodb } from '../support/dynamodb.ts';
import type { Side } from '../support/journeys/both-sides.ts';
import {
  compareSides,
  EQUAL,
  programsOfDynamodb,
  programsOfPostgres,
} from '../support/journeys/both-sides.ts';
import type { Answered } from '../support/journeys/client.ts';
import type { Dice } from '../support/journeys/dice.ts';
import { createDice, journeySeed } from '../support/journeys/dice.ts';
import { createFleet } from '../support/journeys/fleet.ts';
import { journeyEnv } from '../support/journeys/journey-env.ts';
import type { Load } from '../support/journeys/load.ts';
import { startLoad } from '../support/journeys/load.ts';
import type { Operator } from '../support/journeys/operator.ts';
import { createOperator } from '../support/journeys/operator.ts';
import { seedPrograms } from '../support/journeys/seed-programs.ts';
import type { VersionWatch } from '../support/journeys/version-watch.ts';
import { watchVersions } from '../support/journeys/version-watch.ts';
import { useDatabase } from '../support/postgres.ts';

const database = useDatabase();
const dynamodb = useDynamodb();
// Little beside what is killed: the processes need the machine to start.
const env = () => ({ ...journeyEnv(database().url, dynamodb()), SHADOW_READ_PERCENT: '10' });
const fleet = createFleet(env);

const SEEDED = 1000;
const INSTANCES = ['one', 'two'] as const;
const RELAYS = ['three', 'four'] as const;
const KILLS = 50;
/** A process lives so long at most after it began to work. */
const LIFE_MS = 600;

/** A machine that starts so many processes may be too busy to answer: to say so is right. */
const LOAD = {
  writers: 2,
  readers: 1,
  pauseMs: 50,
  isAllowed: ({ status, retryAfter }: Answered) => status === 503 && retryAfter !== null,
};

const loads: Load[] = [];
let watch: VersionWatch | undefined;
let operator: Operator | undefined;

afterEach(async () => {
  await Promise.all(loads.splice(0).map((load) => load.stop()));
  await watch?.stop();
  await operator?.dispose();
  await fleet.stop();
});

/** Kills in three lanes at once: one instance after the other, so that one of them always takes writes, and each relay. */
async function killThem(dice: Dice): Promise<number> {
  let kills = 0;
  const lane = async (names: readonly string[], start: (name: string) => Promise<void>): Promise<void> => {
    const own = dice.fork();
    for (let turn = 0; kills < KILLS; turn += 1) {
      const name = names[turn % names.length] ?? '';
      await delay(own.below(LIFE_MS));
      kills += 1;
      await fleet.kill(name);
      await start(name);
    }
  };
  await Promise.all([
    lane(INSTANCES, (name) => fleet.start(name)),
    ...RELAYS.map((name) => lane([name], fleet.startRelay)),
  ]);
  return kills;
}

/** Backfills one after the other, slow enough that most kills meet one; answers how many were finished. */
async function backfillMeanwhile(by: Operator, isOver: () => boolean): Promise<number> {
  let finished = 0;
  for (;;) {
    const { jobId } = await by.startJob('programs', 'backfill', { ratePerSecond: 300 });
    while ((await by.job(jobId)).state === 'running') {
      if (isOver() && finished > 0) return finished;
      await delay(200);
    }
    finished += 1;
  }
}

/** Acknowledged writes that the side does not have, or not as they were acknowledged. */
function missingOf(side: Side): readonly string[] {
  return loads.flatMap((load) =>
    [...load.programs.acknowledged()].flatMap(([key, { version, title }]) => {
      const stored = side.get(key);
      if (version === 0) return [];
      if (stored === undefined || stored.version < version) return [`${key}: ${version} was acknowledged`];
      const isSame = stored.version > version || stored.fields.title === title;
      return isSame ? [] : [`${key}: ${version} says ${String(stored.fields.title)}, not ${title}`];
    }),
  );
}

describe('instances and relays that are killed while writes and a backfill run', () => {
  it('lose no acknowledged write and bring nothing back', { timeout: 900_000 }, async () => {
    const dice = createDice(journeySeed());
    await Promise.all([...INSTANCES.map((name) => fleet.start(name)), ...RELAYS.map(fleet.startRelay)]);
    await seedPrograms(fleet.url('one'), SEEDED);
    operator = createOperator(database().url, env());
    await operator.step('programs', 'dual-write');
    watch = watchVersions(dynamodb());
    for (const name of INSTANCES)
      loads.push(startLoad({ ...LOAD, name, url: () => fleet.url(name), dice: dice.fork() }));

    let isOver = false;
    const [kills, backfills] = await Promise.all([
      killThem(dice.fork()).finally(() => {
        isOver = true;
      }),
      backfillMeanwhile(operator, () => isOver),
    ]);
    expect(kills).toBeGreaterThanOrEqual(50);
    expect(backfills).toBeGreaterThan(0);
    await Promise.all(loads.map((load) => load.stop()));
    await operator.drained('programs');
    await watch.stop();
    expect(loads.flatMap((load) => load.faults)).toEqual([]);

    const [truth, copy] = [await programsOfPostgres(database().db), await programsOfDynamodb(dynamodb())];
    expect(missingOf(truth)).toEqual([]);
    expect(missingOf(copy)).toEqual([]);
    expect(compareSides(truth, copy)).toMatchObject({ ...EQUAL, keys: truth.size });
    expect(truth.size).toBeGreaterThan(SEEDED);
    expect(watch.falls).toEqual([]);
    expect(watch.looks()).toBeGreaterThan(10);
    const { counts } = await operator.run('programs', 'verify');
    expect(Object.keys(counts)).toEqual(['match']);
  });
});
