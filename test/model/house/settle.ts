import { createProgramCopies } from '../../../src/domain/migration/program-copies.ts';
import { KEYS } from './clients.ts';
import type { House } from './house.ts';
import { CALL } from './house.ts';
import { ROUNDS } from './instance.ts';
import { noTrouble } from './remote.ts';
import type { Scene } from './steps.ts';

/** Short ones at first, then such that leases and delays end. Milliseconds. */
const PAUSES = [...Array<number>(3).fill(1000), ...Array<number>(60).fill(10_000)];

/** Mends what is broken and lets everything come to its end; then both sides must be equal, and every reader must see that. */
export async function settle(scene: Scene): Promise<void> {
  const { house, clients } = scene;
  Object.assign(house.copyTrouble, noTrouble());
  Object.assign(house.truthTrouble, noTrouble());
  await comeToRest(scene);
  await examineSides(house);
  for (const key of house.ledger.keys()) examineViews(scene, key);
  for (const instance of house.instances) clients.read(instance, KEYS);
  await house.go(1000);
  house.ledger.check();
}

async function comeToRest(scene: Scene): Promise<void> {
  const { house } = scene;
  for (const pauseMs of PAUSES) {
    for (const instance of house.instances) for (const name of ROUNDS) instance.begin(name);
    await house.go(5000);
    if (await isAtRest(scene)) return;
    house.clock.advance(pauseMs);
  }
  house.ledger.fail('all comes to rest', `${await restless(scene)}`);
  house.ledger.check();
}

async function isAtRest(scene: Scene): Promise<boolean> {
  return (await restless(scene)).length === 0;
}

async function restless({ house, clients, operator }: Scene): Promise<readonly string[]> {
  const { pending, parked } = await house.stores.outbox.depth('programs', CALL);
  const jobs = await house.stores.jobs.list({ state: 'running' }, 10, CALL);
  return [
    ...(pending + parked > 0 ? [`${pending} marks wait and ${parked} are parked`] : []),
    ...(jobs.length > 0 ? ['a job runs'] : []),
    ...(operator.isBusy() ? ['the operator waits'] : []),
    ...(clients.busy() > 0 ? ['requests are under way'] : []),
    ...(house.instances.some((instance) => instance.isBusy()) ? ['rounds are under way'] : []),
  ];
}

/** Equal in value and version, tombstones included, once a backfill has finished since writes are marked. */
async function examineSides(house: House): Promise<void> {
  const { stores, ledger, scope } = house;
  const { marksSince } = house.record();
  const backfills = await stores.jobs.list({ kind: 'backfill', state: 'finished' }, 100, CALL);
  if (marksSince === 0 || !backfills.some((job) => job.marksSince === marksSince)) return;
  const set = createProgramCopies({ ...stores, scope });
  for (const { key, version, value } of await set.scanTruth({}, 100, CALL)) {
    const [copy] = await set.readCopy([key], CALL);
    const isThere = copy?.outcome === 'hit' || copy?.outcome === 'tombstone';
    const mayBeMissing = value === undefined ? ledger.lastCopied(key) === version : !scope.holds(value);
    const isEqual = isThere
      ? copy.version === version && (copy.outcome === 'hit' ? copy.value.title : undefined) === value?.title
      : mayBeMissing || hasExpired(house, key, version);
    if (!isEqual)
      ledger.fail(
        'both sides are equal when all is quiet',
        `${key} is ${version}, the copy ${JSON.stringify(copy)}`,
      );
  }
}

function hasExpired({ ledger }: House, key: string, version: number): boolean {
  return ledger.lastCopied(key) === version && ledger.copied(key) === undefined;
}

function examineViews({ house, clients }: Scene, key: string): void {
  const history = house.ledger.history(key);
  // Views of a program that was deleted went with it; those of one that came later are added with the next total.
  if (history.some(({ title }) => title === undefined)) return;
  const { least, most } = clients.views(key);
  const counted = history.at(-1)?.viewCount ?? 0;
  if (counted > most || (counted < least && counted > 0))
    house.ledger.fail('an acknowledged view is counted once', `${key} has ${counted} of ${least} to ${most}`);
}
