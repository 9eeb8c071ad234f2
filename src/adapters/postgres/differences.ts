import type { Differences } from '../../ports/differences.ts';

export const postgresDifferences = {
  // The table is UNLOGGED: Postgres empties it after a crash of its own.
  counterStore: { clock: 'store', survives: 'service', acrossKeys: 'atomic' },
  activityStore: { atomic: 'call', durable: 'yes' },
  searchIndex: { staleLists: false },
} as const satisfies Differences;
