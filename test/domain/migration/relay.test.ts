import { describe, expect, it } from 'vitest';
import {
  StoreRefused,
  StoreThrottled,
  StoreTimeout,
  StoreUnavailable,
  ValueTooLarge,
} from '../../../src/domain/errors.ts';
import type { CopiedSet } from '../../../src/domain/migration/copied-set.ts';
import { relayCopies } from '../../../src/domain/migration/relay.ts';
import type { Program } from '../../../src/domain/program/program.ts';
import type { Call } from '../../../src/ports/call.ts';
import { aCall } from '../../support/call.ts';
import type { House } from './fixture.ts';
import { aHouse } from './fixture.ts';

const LEASE_MS = 10_000;
const SECOND = 1000;

function relay(house: House, changes: Partial<CopiedSet<Program>> = {}, call: Call = aCall()) {
  const set = { ...house.set, ...changes };
  return relayCopies({ outbox: house.outbox, set, batch: 10, concurrency: 1 }, call);
}

const failing = (error: unknown): Partial<CopiedSet<Program>> => ({
  writeCopy: () => Promise.reject(error),
});

describe('the relay', () => {
  it('makes the copies what the truth is now, and takes the marks away', async () => {
    const house = aHouse();
    const kept = await house.write('kept');
    await house.write('gone');
    await house.remove('gone');
    expect(await relay(house)).toBe(2);
    expect(await house.hot.getMany(['kept', 'gone'], aCall())).toEqual([
      { outcome: 'hit', program: kept },
      { outcome: 'tombstone', version: 2 },
    ]);
    expect(await house.depth()).toEqual({ pending: 0, parked: 0, oldestAgeMs: 0 });
    expect(await relay(house)).toBe(0);
  });

  it('leaves a mark that came while it wrote', async () => {
    const house = aHouse();
    await house.write('a');
    await relay(house, {
      async writeCopy(...args) {
        const written = await house.set.writeCopy(...args);
        await house.write('a', { title: 'Newer' });
        return written;
      },
    });
    expect(await house.depth()).toMatchObject({ pending: 1 });
    await relay(house);
    expect(await house.hot.get('a', aCall())).toMatchObject({ program: { version: 2, title: 'Newer' } });
  });

  it('parks a key whose copy has a version that the truth never gave: it is read from the truth then', async () => {
    const house = aHouse();
    const program = await house.write('a');
    await house.hot.put({ ...program, version: 7 }, {}, aCall());
    await expect(relay(house)).rejects.toThrow(/version 7/);
    expect(await house.outbox.parked('programs', 10, aCall())).toMatchObject([
      { key: 'a', reason: expect.stringContaining('version 7') },
    ]);
  });

  it('takes a copy that a later write made first for what it is', async () => {
    const house = aHouse();
    await house.write('a');
    const early = await house.set.current(['a'], aCall());
    const newer = await house.write('a', { title: 'Newer' });
    await house.hot.put(newer, {}, aCall());
    let looks = 0;
    const current: CopiedSet<Program>['current'] = (keys, call) => {
      looks += 1;
      return looks === 1 ? Promise.resolve(early) : house.set.current(keys, call);
    };
    expect(await relay(house, { current })).toBe(1);
    expect(await house.depth()).toMatchObject({ pending: 0, parked: 0 });
  });

  it('buries a copy of what the truth never had', async () => {
    const house = aHouse();
    const program = await aHouse().write('stray');
    await house.hot.put({ ...program, version: 7 }, {}, aCall());
    await house.outbox.mark(
      'programs',
      [
        { key: 'stray', version: 7 },
        { key: 'nothing', version: 1 },
      ],
      aCall(),
    );
    expect(await relay(house)).toBe(2);
    expect(await house.hot.getMany(['stray', 'nothing'], aCall())).toEqual([
      { outcome: 'tombstone', version: 8 },
      { outcome: 'miss' },
    ]);
    expect(await house.depth()).toMatchObject({ pending: 0 });
  });

  it('writes the very same version again for a mark that asks for it', async () => {
    const house = aHouse();
    const program = await house.write('a');
    await house.hot.put({ ...program, title: 'Spoilt' }, {}, aCall());
    await relay(house);
    expect(await house.hot.get('a', aCall())).toMatchObject({ program: { title: 'Spoilt' } });
    await house.outbox.mark('programs', [{ key: 'a', version: 1 }], aCall());
    await relay(house);
    expect(await house.hot.get('a', aCall())).toMatchObject({ program });
  });
});

describe('a failing store of the copies', () => {
  it.each([
    ['is away', new StoreUnavailable('the copy', undefined)],
    ['is slow', new StoreTimeout('the copy', undefined)],
    ['has no capacity', new StoreThrottled('the copy', undefined)],
    ['refuses the call', new StoreRefused('the copy', undefined)],
  ])('that %s is asked again after a second, however often, and nothing is parked', async (_name, error) => {
    const house = aHouse();
    await house.write('a');
    for (let round = 0; round < 20; round += 1) {
      await expect(relay(house, failing(error))).rejects.toBe(error);
      expect(await relay(house)).toBe(0);
      house.clock.advance(SECOND);
    }
    expect(await house.depth()).toMatchObject({ pending: 1, parked: 0 });
    expect(await relay(house)).toBe(1);
  });

  it('is not asked for the rest of the batch', async () => {
    const house = aHouse();
    for (const key of ['a', 'b', 'c']) await house.write(key);
    let asked = 0;
    const writeCopy = () => {
      asked += 1;
      return Promise.reject(new StoreUnavailable('the copy', undefined));
    };
    await expect(relay(house, { writeCopy })).rejects.toThrow('the copy is not available');
    expect(asked).toBe(1);
    house.clock.advance(SECOND);
    expect(await relay(house)).toBe(3);
  });

  it('keeps nobody from the marks longer than a lease when the outbox fails too', async () => {
    const house = aHouse();
    await house.write('a');
    const away = new StoreUnavailable('the copy', undefined);
    const putOff = () => Promise.reject(new StoreUnavailable('the outbox', undefined));
    const deps = {
      outbox: { ...house.outbox, putOff },
      set: { ...house.set, ...failing(away) },
      batch: 10,
      concurrency: 1,
    };
    await expect(relayCopies(deps, aCall())).rejects.toBe(away);
    house.clock.advance(LEASE_MS - 1);
    expect(await relay(house)).toBe(0);
    house.clock.advance(1);
    expect(await relay(house)).toBe(1);
  });
});

describe('a truth that can not be read', () => {
  it('puts off the whole batch', async () => {
    const house = aHouse();
    for (const key of ['a', 'b']) await house.write(key);
    const away = new StoreUnavailable('the catalogue', undefined);
    await expect(relay(house, { current: () => Promise.reject(away) })).rejects.toBe(away);
    expect(await relay(house)).toBe(0);
    house.clock.advance(SECOND);
    expect(await relay(house)).toBe(2);
  });
});

describe('a key that fails by itself', () => {
  it('is parked at once when its value is too large, and the others go on', async () => {
    const house = aHouse();
    for (const key of ['a', 'large', 'z']) await house.write(key);
    const tooLarge = new ValueTooLarge('the copy', 'large', 500_000, 400_000);
    const writeCopy: CopiedSet<Program>['writeCopy'] = (state, ...rest) =>
      state.key === 'large' ? Promise.reject(tooLarge) : house.set.writeCopy(state, ...rest);
    await expect(relay(house, { writeCopy })).rejects.toBe(tooLarge);
    expect(await house.outbox.parked('programs', 10, aCall())).toMatchObject([
      { key: 'large', version: 1, attempts: 1, reason: tooLarge.message },
    ]);
    expect(await house.depth()).toMatchObject({ pending: 0, parked: 1 });
  });

  it('is tried eight times, at growing distances, and then parked until it is written again', async () => {
    const house = aHouse();
    await house.write('poison');
    const poison = new TypeError('no such thing');
    for (let attempt = 0; attempt < 8; attempt += 1) {
      expect(await house.depth()).toMatchObject({ pending: 1, parked: 0 });
      await expect(relay(house, failing(poison))).rejects.toBe(poison);
      house.clock.advance(100 * 2 ** attempt - 1);
      expect(await relay(house)).toBe(0);
      house.clock.advance(1);
    }
    expect(await house.outbox.parked('programs', 10, aCall())).toMatchObject([
      { key: 'poison', attempts: 8, reason: 'no such thing' },
    ]);
    await house.write('poison', { title: 'Mended' });
    expect(await relay(house)).toBe(1);
    expect(await house.depth()).toMatchObject({ pending: 0, parked: 0 });
  });
});

describe('a relay that is stopped', () => {
  it('gives its marks back although its call is aborted', async () => {
    const house = aHouse();
    for (const key of ['a', 'b']) await house.write(key);
    const caller = new AbortController();
    const reason = new Error('the process ends');
    const writeCopy = async () => {
      caller.abort(reason);
      throw reason;
    };
    await expect(relay(house, { writeCopy }, { signal: caller.signal })).rejects.toBe(reason);
    house.clock.advance(SECOND);
    expect(await relay(house)).toBe(2);
  });
});
