import type { Differences } from '../../ports/differences.ts';

export const redisDifferences = {
  counterStore: { clock: 'store', survives: 'service' },
  activityStore: { atomic: 'call', durable: 'configured' },
  hotProgramStore: { staleReads: false, maxProgramBytes: undefined },
} as const satisfies Differences;
