import type { Differences } from '../../ports/differences.ts';

export const memoryDifferences = {
  counterStore: { clock: 'process', survives: 'nothing', acrossKeys: 'atomic' },
  activityStore: { atomic: 'call', durable: 'no' },
  hotProgramStore: { staleReads: false, maxProgramBytes: undefined },
  searchIndex: { staleLists: false },
} as const satisfies Differences;
