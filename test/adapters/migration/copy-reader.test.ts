import { describe, expect, it, vi } from 'vitest';
import { createBulkhead } from '../../../src/adapters/guard/bulkhead.ts';
import type { CopyReaderDeps, ReadOutcome } from '../../../src/adapters/migration/copy-reader.ts';
import { createCopyReader } from '../../../src/adapters/migration/copy-reader.ts';
import { StoreUnavailable } from '../../../src/domain/errors.ts';
import type { CopyRead } from '../../../src/domain/migration/copied-set.ts';
import { createCopyHealth } from '../../../src/domain/migration/copy-health.ts';
import type { ReadSource } from '../../../src/ports/call.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { inPhase } from './reads-fixture.ts';

interface Value {
  readonly key: string;
  readonly from: 'copy' | 'truth';
}

const FALLBACK = inPhase('read-fallback', 100);
const PRIMARY = inPhase('primary', 100);
const hit = (key: string, version = 3): CopyRead<Value> => ({
  outcome: 'hit',
  version,
  value: { key, from: 'copy' },
});

/** A truth that has every key but `nobody`, and a copy that answers as told. */
function aReader(copy: CopyRead<Value> | Error, changes: Partial<CopyReaderDeps<Value>> = {}) {
  const { elapsedMs } = createFakeClock();
  const outcomes: ReadOutcome[] = [];
  const sources: ReadSource[] = [];
  const onMissed = vi.fn();
  const health = createCopyHealth({ elapsedMs });
  const read = createCopyReader<Value>({
    dataSet: 'programs',
    phase: () => FALLBACK,
    readCopy: async (keys) => {
      if (copy instanceof Error) throw copy;
      return keys.map((key) => ('value' in copy ? { ...copy, value: { key, from: 'copy' } } : copy));
    },
    readTruth: async (keys) => keys.filter((key) => key !== 'nobody').map((key) => ({ key, from: 'truth' })),
    keyOf: ({ key }) => key,
    isWhole: true,
    recent: { leastVersion: () => 0 },
    isParked: () => false,
    guard: (run, call) => run(call),
    fallback: (run) => run(),
    health,
    elapsedMs,
    onRead: (_key, outcome) => void outcomes.push(outcome),
    onMissed,
    ...changes,
  });
  const readOne = async (key = 'a') => {
    const call = { ...aCall(), onSource: (source: ReadSource) => void sources.push(source) };
    return (await read([key], call)).get(key)?.from;
  };
  return { read, readOne, outcomes, sources, onMissed, health };
}

const AWAY = new StoreUnavailable('the copy', undefined);
const written = (version: number) => ({ recent: { leastVersion: () => version } });
const partly = { isWhole: false };

type Case = [
  name: string,
  copy: CopyRead<Value> | Error,
  changes: Partial<CopyReaderDeps<Value>>,
  outcome: ReadOutcome,
  from: Value['from'] | undefined,
  source: ReadSource,
];

const SAME_IN_BOTH: readonly Case[] = [
  ['a hit', hit('a'), {}, 'hit', 'copy', 'hot'],
  [
    'a tombstone, which is an answer',
    { outcome: 'tombstone', version: 3 },
    {},
    'tombstone',
    undefined,
    'hot',
  ],
  [
    'a tombstone of a part of the programs',
    { outcome: 'tombstone', version: 3 },
    partly,
    'tombstone',
    undefined,
    'hot',
  ],
  ['what has expired', { outcome: 'expired' }, {}, 'expired', 'truth', 'catalog'],
  ['what can not be read', { outcome: 'undecodable', version: 3 }, {}, 'undecodable', 'truth', 'catalog'],
  [
    'a hit that is older than an own write',
    hit('a', 3),
    written(4),
    'older-than-required',
    'truth',
    'catalog',
  ],
  ['a hit of the very version of an own write', hit('a', 4), written(4), 'hit', 'copy', 'hot'],
  [
    'a tombstone that is older than an own write',
    { outcome: 'tombstone', version: 3 },
    written(4),
    'older-than-required',
    'truth',
    'catalog',
  ],
  ['a miss after an own write', { outcome: 'miss' }, written(4), 'older-than-required', 'truth', 'catalog'],
  ['a parked key', hit('a'), { isParked: () => true }, 'quarantined', 'truth', 'catalog'],
  ['a miss where only some are copied', { outcome: 'miss' }, partly, 'miss', 'truth', 'catalog'],
  ['a fault where only some are copied', AWAY, partly, 'error', 'truth', 'catalog'],
];

describe.each([
  ['read-fallback', FALLBACK],
  ['primary', PRIMARY],
])('in %s', (_phase, phase) => {
  it.each(SAME_IN_BOTH)('%s', async (_name, copy, changes, outcome, from, source) => {
    const { readOne, outcomes, sources } = aReader(copy, { ...changes, phase: () => phase });
    expect(await readOne()).toBe(from);
    expect([outcomes, sources]).toEqual([[outcome], [source]]);
  });
});

describe('in read-fallback', () => {
  it('a miss asks the truth, and tells that the copy should have had it', async () => {
    const { readOne, outcomes, sources, onMissed } = aReader({ outcome: 'miss' });
    expect(await readOne()).toBe('truth');
    expect([outcomes, sources]).toEqual([['miss'], ['catalog']]);
    expect(onMissed).toHaveBeenCalledExactlyOnceWith('a');
  });

  it('a miss of what nobody has is none, and no fault of the copy', async () => {
    const { readOne, onMissed } = aReader({ outcome: 'miss' });
    expect(await readOne('nobody')).toBeUndefined();
    expect(onMissed).not.toHaveBeenCalled();
  });

  it('a fault asks the truth, and is never counted as a miss', async () => {
    const { readOne, outcomes, sources, onMissed, health } = aReader(AWAY);
    expect(await readOne()).toBe('truth');
    expect([outcomes, sources]).toEqual([['error'], ['catalog']]);
    expect(onMissed).not.toHaveBeenCalled();
    expect(health.recent()).toMatchObject({ reads: 1, errorRate: 1, missed: 0 });
  });

  it('past the bulkhead a fallback is refused, and reads of the copy go on', async () => {
    const bulkhead = createBulkhead({ store: 'the catalogue', maxConcurrent: 1 });
    const fallback: CopyReaderDeps<Value>['fallback'] = (run) => bulkhead.run(run);
    const { promise, resolve } = Promise.withResolvers<readonly Value[]>();
    const { readOne } = aReader({ outcome: 'miss' }, { fallback, readTruth: () => promise });
    const first = readOne();
    await expect(readOne()).rejects.toMatchObject({ code: 'store-unavailable' });
    resolve([{ key: 'a', from: 'truth' }]);
    expect(await first).toBe('truth');
    expect(await aReader(hit('a'), { fallback: () => Promise.reject(AWAY) }).readOne()).toBe('copy');
  });
});

describe('in primary', () => {
  it('a miss is none, without a look at the truth', async () => {
    const readTruth = vi.fn();
    const { readOne, outcomes, sources } = aReader({ outcome: 'miss' }, { phase: () => PRIMARY, readTruth });
    expect(await readOne()).toBeUndefined();
    expect([outcomes, sources]).toEqual([['miss'], ['hot']]);
    expect(readTruth).not.toHaveBeenCalled();
  });

  it('a fault of the copy is raised: the truth is not asked in its place', async () => {
    const readTruth = vi.fn();
    const { readOne, outcomes } = aReader(AWAY, { phase: () => PRIMARY, readTruth });
    await expect(readOne()).rejects.toBe(AWAY);
    expect(outcomes).toEqual(['error']);
    expect(readTruth).not.toHaveBeenCalled();
  });
});

describe('from the truth alone', () => {
  it.each([
    ['off', inPhase('off', 0)],
    ['dual-write', inPhase('dual-write', 0)],
    ['read-fallback at 0 %', inPhase('read-fallback', 0)],
    ['primary that is not known any more', { ...PRIMARY, known: false }],
    ['read-fallback that is not known any more', { ...FALLBACK, known: false }],
  ])('reads %s, and never waits for the copy', async (_name, phase) => {
    const readCopy = vi.fn();
    const { readOne, outcomes, sources } = aReader(AWAY, { phase: () => phase, readCopy });
    expect(await readOne()).toBe('truth');
    expect([outcomes, sources]).toEqual([['catalog'], ['catalog']]);
    expect(readCopy).not.toHaveBeenCalled();
  });
});

describe('several keys', () => {
  const keys = Array.from({ length: 200 }, (_, at) => `key-${at}`);

  it('at a share are read from where each belongs, the same ones each time', async () => {
    const { read } = aReader(hit(''), { phase: () => inPhase('read-fallback', 50) });
    const found = await read(keys, aCall());
    const copied = keys.filter((key) => found.get(key)?.from === 'copy');
    expect(found.size).toBe(200);
    expect(copied.length).toBeGreaterThan(70);
    expect(copied.length).toBeLessThan(130);
    const again = await read(keys.toReversed(), aCall());
    expect(keys.filter((key) => again.get(key)?.from === 'copy')).toEqual(copied);
  });

  it('only move to the copy when the share is raised', async () => {
    const copiedAt = async (percent: number) => {
      const { read } = aReader(hit(''), { phase: () => inPhase('read-fallback', percent) });
      const found = await read(keys, aCall());
      return new Set(keys.filter((key) => found.get(key)?.from === 'copy'));
    };
    const [some, more, all] = [await copiedAt(10), await copiedAt(50), await copiedAt(100)];
    expect([...some].filter((key) => !more.has(key))).toEqual([]);
    expect(more.size).toBeGreaterThan(some.size);
    expect(all.size).toBe(200);
  });

  it('are asked for once each', async () => {
    const readCopy = vi.fn(async (asked: readonly string[]) => asked.map((key) => hit(key)));
    const { read } = aReader(hit(''), { readCopy });
    await read(['a', 'b', 'a'], aCall());
    expect(readCopy).toHaveBeenCalledExactlyOnceWith(['a', 'b'], expect.anything());
  });

  it('of none are none, unless the caller has gone', async () => {
    const { read } = aReader(AWAY);
    expect(await read([], aCall())).toEqual(new Map());
    const gone = anAbortedCall();
    await expect(read([], gone)).rejects.toBe(gone.reason);
  });
});

it('a caller that goes is no fault of the copy', async () => {
  const caller = new AbortController();
  const reason = new Error('enough');
  const readCopy = async () => {
    caller.abort(reason);
    throw reason;
  };
  const { read, health, outcomes } = aReader(AWAY, { readCopy });
  await expect(read(['a'], { signal: caller.signal })).rejects.toBe(reason);
  expect([health.recent().reads, outcomes]).toEqual([0, []]);
});
