import type { HotProgramStore, HotRead } from '../../../src/ports/hot-program-store.ts';
import { TOMBSTONE_KEPT_MS } from '../../../src/ports/hot-program-store.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import type { Variant } from '../house/variant.ts';

/** The copy takes whatever came last. */
export const noVersionGuard: Variant = { hot: withoutGuard };

function withoutGuard(store: HotProgramStore, clock: FakeClock): HotProgramStore {
  const entries = new Map<string, { readonly read: HotRead; readonly expiresAt: number }>();
  const overwrite = (key: string, version: number, read: HotRead, ttlMs = Number.POSITIVE_INFINITY) => {
    entries.set(key, { read, expiresAt: clock.now() + ttlMs });
    return { outcome: 'applied', version } as const;
  };
  const read = (key: string): HotRead => {
    const entry = entries.get(key);
    if (entry === undefined) return { outcome: 'miss' };
    return entry.expiresAt > clock.now() ? entry.read : { outcome: 'expired' };
  };
  return {
    ...store,
    get: async (key) => read(key),
    getMany: async (keys) => keys.map(read),
    put: async (program, { ttlMs }) =>
      overwrite(program.programId, program.version, { outcome: 'hit', program }, ttlMs),
    delete: async ({ programId, version }) =>
      overwrite(programId, version, { outcome: 'tombstone', version }, TOMBSTONE_KEPT_MS),
  };
}
