import type { Differences } from '../../ports/differences.ts';

export const redisDifferences = {
  // In a cluster, where keys lie on several servers; one server decides over all keys at once.
  counterStore: { clock: 'store', survives: 'service', acrossKeys: 'compensated' },
  activityStore: { atomic: 'call', durable: 'configured' },
  hotProgramStore: { staleReads: false, maxProgramBytes: undefined },
} as const satisfies Differences;
