import { DomainError } from '../../../src/domain/errors.ts';
import { readsCopy } from '../../../src/domain/migration/read-rules.ts';
import type { Program } from '../../../src/domain/program/program.ts';
import type { WriteCondition } from '../../../src/ports/program-catalog.ts';
import { aDraft } from '../../support/builders.ts';
import type { House } from './house.ts';
import { CALL, TRUTH } from './house.ts';
import type { Instance } from './instance.ts';
import { Crash } from './instance.ts';
import type { Written } from './ledger.ts';

export const KEYS = ['a', 'b', 'c'] as const;

/** As long as an instance remembers what it wrote. Milliseconds. */
const REMEMBERED_MS = 30_000;

interface Acknowledged {
  readonly instance: string;
  readonly key: string;
  readonly version: number;
  readonly at: number;
}

/** What is known when a read begins, and what its answer is measured against. */
interface Expectation {
  readonly key: string;
  readonly instance: Instance;
  readonly fromTruth: boolean;
  readonly isPrimary: boolean;
  readonly begunWith: number;
  readonly copied: number;
  readonly isDrained: boolean;
  readonly own: Acknowledged | undefined;
}

/** The clients of a house: they know what they were answered, and hold the service to it. */
export interface Clients {
  put(instance: Instance, key: string, score: number): void;
  patch(instance: Instance, key: string): void;
  remove(instance: Instance, key: string): void;
  read(instance: Instance, keys: readonly string[]): void;
  view(instance: Instance, key: string): void;
  /** Requests under way. */
  busy(): number;
  /** How many views were acknowledged, and how many were sent. */
  views(key: string): { readonly least: number; readonly most: number };
}

export function createClients(house: House): Clients {
  const { clock, ledger } = house;
  const acknowledged: Acknowledged[] = [];
  const views = new Map<string, { least: number; most: number }>();
  let busy = 0;
  let titles = 0;

  const request = (instance: Instance, run: () => Promise<void>, mayFail = () => false): void => {
    busy += 1;
    run()
      .catch((error: unknown) => {
        if (!isExcused(error) && !mayFail())
          ledger.fail('a failing copy fails no request', `${instance.id}: ${error}`);
      })
      .finally(() => {
        busy -= 1;
      });
  };
  const acknowledge = (instance: Instance, key: string, version: number) =>
    acknowledged.push({ instance: instance.id, key, version, at: clock.elapsedMs() });
  const put = (instance: Instance, key: string, condition: WriteCondition, score?: number) =>
    request(instance, async () => {
      titles += 1;
      const measures = score === undefined ? {} : { popularityScore: score };
      const draft = aDraft({ programId: key, title: `title ${titles}`, ...measures });
      const result = await instance.catalog.put(draft, condition, new Date(clock.now()), CALL);
      if (result.outcome !== 'conflict') acknowledge(instance, key, result.program.version);
    });
  const read = async (instance: Instance, keys: readonly string[]) => {
    const { pending, parked } = await house.stores.outbox.depth('programs', CALL);
    const expectations = keys.map((key) =>
      expect(house, instance, key, acknowledged, pending + parked === 0),
    );
    const isPrimary = expectations.some((expectation) => expectation.isPrimary);
    request(
      instance,
      async () => {
        const programs = await instance.catalog.getMany(keys, CALL);
        const found = new Map(programs.map((program) => [program.programId, program]));
        for (const expectation of expectations) judge(house, expectation, found.get(expectation.key));
      },
      () => isPrimary,
    );
  };

  return {
    put: (instance, key, score) => put(instance, key, { kind: 'any' }, score),
    patch: (instance, key) => put(instance, key, { kind: 'present' }),
    remove: (instance, key) =>
      request(instance, async () => {
        const result = await instance.catalog.delete(key, { kind: 'any' }, new Date(clock.now()), CALL);
        if (result.outcome === 'deleted') acknowledge(instance, key, result.version);
      }),
    read: (instance, keys) => void read(instance, keys),
    view: (instance, key) =>
      request(instance, async () => {
        const counted = views.get(key) ?? { least: 0, most: 0 };
        views.set(key, counted);
        counted.most += 1;
        const total = counted.most;
        await instance.catalog.addViews('clients', [{ programId: key, total }], new Date(clock.now()), CALL);
        counted.least = Math.max(counted.least, total);
      }),
    busy: () => busy,
    views: (key) => views.get(key) ?? { least: 0, most: 0 },
  };
}

/** The service was killed, or the answer of the database was lost. */
function isExcused(error: unknown): boolean {
  return error instanceof Crash || (error instanceof DomainError && error.message.startsWith(TRUTH));
}

function expect(
  { ledger }: House,
  instance: Instance,
  key: string,
  acknowledged: readonly Acknowledged[],
  isDrained: boolean,
): Expectation {
  const view = instance.watch.current('programs');
  return {
    key,
    instance,
    isDrained,
    fromTruth: !readsCopy(view, 'programs', key) || instance.isParked(key),
    isPrimary: view.known && view.phase === 'primary',
    begunWith: ledger.history(key).length,
    copied: ledger.copied(key)?.version ?? 0,
    own: acknowledged
      .filter((write) => write.instance === instance.id && write.key === key)
      .reduce<Acknowledged | undefined>(
        (newest, write) => (newest !== undefined && newest.version > write.version ? newest : write),
        undefined,
      ),
  };
}

const NEVER: Written = { version: 0, title: undefined, viewCount: 0, isMarked: false };

function judge(house: House, expectation: Expectation, program: Program | undefined): void {
  const { ledger } = house;
  const { key, instance, begunWith } = expectation;
  const history = [NEVER, ...ledger.history(key)];
  const floor = floorOf(house, expectation, history[begunWith]?.version ?? 0);
  const detail = `${instance.id} answered ${program?.version ?? 'none'} of ${key}, not older than ${floor}`;
  if (program === undefined) {
    const wasGone = history.some(
      ({ version, title }, index) =>
        title === undefined && version >= floor && (version > 0 || mayBeUnknown(expectation, index)),
    );
    if (!wasGone) ledger.fail('no read is older than what its reader must know', detail);
    return;
  }
  const state = history.find(({ version }) => version === program.version);
  const after = history.filter(({ version }) => version > program.version && version <= floor);
  if (after.some(({ title }) => title === undefined))
    ledger.fail('no read after an acknowledged delete returns the program', detail);
  else if (after.length > 0) ledger.fail('no read is older than what its reader must know', detail);
  else if (state?.title !== program.title)
    ledger.fail('no read answers what the catalogue never had', detail);
}

/** A program that is there may be taken for one that never was only where nobody looks further: the copy is primary and behind. */
function mayBeUnknown({ begunWith, isPrimary, isDrained, fromTruth }: Expectation, index: number): boolean {
  return index === begunWith || (isPrimary && !isDrained && !fromTruth);
}

/** The least version that the answer may have. */
function floorOf({ clock }: House, { own, copied, fromTruth }: Expectation, current: number): number {
  if (fromTruth) return current;
  const isRemembered = own !== undefined && clock.elapsedMs() - own.at < REMEMBERED_MS;
  return Math.max(copied, isRemembered ? own.version : 0);
}
