import type { Call } from '../../ports/call.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { Migrated } from '../../ports/phase-store.ts';

/** Keys whose copies can not be made, as of the last look. */
export interface ParkedKeys {
  has(key: string): boolean;
  refresh(call: Call): Promise<void>;
}

/** Of so many keys something is wrong that no list of keys tells. */
const MOST_KEYS = 10_000;

export function createParkedKeys(dataSet: Migrated, outbox: Pick<Outbox, 'parked'>): ParkedKeys {
  let keys: ReadonlySet<string> = new Set();
  let isTooMany = false;
  return {
    has: (key) => isTooMany || keys.has(key),
    async refresh(call) {
      const parked = await outbox.parked(dataSet, MOST_KEYS, call);
      keys = new Set(parked.map(({ key }) => key));
      isTooMany = parked.length === MOST_KEYS;
    },
  };
}
