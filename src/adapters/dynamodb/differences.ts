import type { Differences } from '../../ports/differences.ts';

export const dynamodbDifferences = {
  counterStore: { clock: 'instances', survives: 'store', acrossKeys: 'atomic' },
  activityStore: { atomic: 'program', durable: 'yes' },
  hotProgramStore: { staleReads: true, maxProgramBytes: 409_600 },
  searchIndex: { staleLists: true },
} as const satisfies Differences;
