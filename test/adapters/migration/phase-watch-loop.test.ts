import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PhaseLoopOptions, PhaseWatch } from '../../../src/adapters/migration/phase-watch.ts';
import { createPhaseWatch } from '../../../src/adapters/migration/phase-watch.ts';
import { createBackgroundLoop } from '../../../src/adapters/system/background-loop.ts';
import { createSystemMonotonicClock } from '../../../src/adapters/system/system-clock.ts';
import { StoreUnavailable } from '../../../src/domain/errors.ts';
import type { PhaseStore } from '../../../src/ports/phase-store.ts';
import { aChange } from '../../contracts/phase-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import type { House } from './watch-fixture.ts';
import { aHouse } from './watch-fixture.ts';

const hangs = () => new Promise<never>(() => undefined);
const away = async () => Promise.reject(new StoreUnavailable('the store', undefined));

describe('a watch with the loop of the service', () => {
  const started: PhaseWatch[] = [];
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(started.splice(0).map((watch) => watch.stop()));
  });

  function aWatch(house: House, pollMs: number, phases: Partial<PhaseStore> = {}) {
    const failed = vi.fn();
    const loops: PhaseLoopOptions[] = [];
    const watch = createPhaseWatch({
      phases: { ...house.store, ...phases },
      instanceId: 'a',
      telemetry: { failed },
      clock: createSystemMonotonicClock(),
      pollMs,
      createLoop: (options) => {
        loops.push(options);
        return createBackgroundLoop({ ...options, telemetry: { failed } });
      },
    });
    started.push(watch);
    return { watch, failed, loops };
  }

  const dualWrite = (house: House) => house.store.change('programs', 0, aChange(), aCall());

  it('knows what is in force when it has started', async () => {
    const house = aHouse();
    await dualWrite(house);
    const { watch } = aWatch(house, 60_000);
    await watch.start();
    expect(watch.current('programs')).toMatchObject({ phase: 'dual-write', known: true });
    expect(await house.store.instances(aCall())).toMatchObject([{ epochs: { programs: 1, search: 0 } }]);
  });

  it('starts also when the store is away, says so, and finds it later', async () => {
    const house = aHouse();
    const checkIn = vi.fn(house.store.checkIn).mockImplementationOnce(away);
    const { watch, failed } = aWatch(house, 60_000, { checkIn });
    await watch.start();
    expect(watch.current('programs').known).toBe(false);
    await vi.waitFor(() =>
      expect(failed).toHaveBeenCalledExactlyOnceWith('migration.phase', expect.any(StoreUnavailable)),
    );
    watch.nudge();
    await vi.waitFor(() => expect(watch.current('programs').known).toBe(true));
  });

  it('looks at once when it is told of a change', async () => {
    const house = aHouse();
    const { watch } = aWatch(house, 60_000);
    await watch.start();
    await dualWrite(house);
    await vi.waitFor(() => expect(watch.current('programs').phase).toBe('dual-write'));
  });

  it('looks once a second when it is told nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const house = aHouse();
    const { watch } = aWatch(house, 1000, { onChange: () => () => undefined });
    await watch.start();
    await dualWrite(house);
    await vi.advanceTimersByTimeAsync(999);
    expect(watch.current('programs').epoch).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(watch.current('programs').epoch).toBe(1);
  });

  it('gives a look that hangs up before the second poll after it, and looks again', async () => {
    const house = aHouse();
    const checkIn = vi.fn(house.store.checkIn).mockImplementationOnce(hangs);
    const { watch, failed, loops } = aWatch(house, 40, { checkIn });
    await watch.start();
    await vi.waitFor(() =>
      expect(failed).toHaveBeenCalledExactlyOnceWith('migration.phase', expect.anything()),
    );
    expect(loops.map(({ roundTimeoutMs, idleMs }) => [idleMs, roundTimeoutMs < 2 * idleMs])).toEqual([
      [40, true],
    ]);
    await vi.waitFor(() => expect(watch.current('programs').known).toBe(true));
  });

  it('acts on nothing and has checked out when it has stopped', async () => {
    const house = aHouse();
    const { watch, failed } = aWatch(house, 60_000);
    await watch.start();
    await watch.stop();
    expect(watch.current('programs').known).toBe(false);
    expect(await house.store.instances(aCall())).toEqual([]);
    await dualWrite(house);
    await watch.round(aCall());
    expect(watch.current('programs')).toMatchObject({ epoch: 0, known: false });
    expect(await house.store.instances(aCall())).toEqual([]);
    expect(failed).not.toHaveBeenCalled();
  });

  it('stops while a look is under way, whose answer changes nothing', async () => {
    const house = aHouse();
    const gate = Promise.withResolvers<void>();
    const checkIn: PhaseStore['checkIn'] = async (...args) => {
      await gate.promise;
      return house.store.checkIn(...args);
    };
    const { watch } = aWatch(house, 60_000, { checkIn });
    const starting = watch.start();
    const stopping = watch.stop();
    gate.resolve();
    await Promise.all([starting, stopping]);
    expect(watch.current('programs').known).toBe(false);
    expect(await house.store.instances(aCall())).toEqual([]);
  });

  it('stops also when the store is away, and says so', async () => {
    const house = aHouse();
    const { watch, failed } = aWatch(house, 60_000, { checkOut: away });
    await watch.start();
    await watch.stop();
    expect(failed).toHaveBeenCalledExactlyOnceWith('migration.check-out', expect.any(StoreUnavailable));
  });

  it('checks out once, however often it is stopped: the store may be closed by then', async () => {
    const house = aHouse();
    const checkOut = vi.fn(house.store.checkOut);
    const { watch } = aWatch(house, 60_000, { checkOut });
    await watch.start();
    await Promise.all([watch.stop(), watch.stop()]);
    await watch.stop();
    expect(checkOut).toHaveBeenCalledOnce();
  });

  it('stops when it was never started', async () => {
    const { watch, failed } = aWatch(aHouse(), 60_000);
    await watch.stop();
    expect(failed).not.toHaveBeenCalled();
  });
});
