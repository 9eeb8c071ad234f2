import type { Call } from '../../ports/call.ts';
import type { PhaseStore } from '../../ports/phase-store.ts';

/** How many instances of the service run. */
export interface InstanceCount {
  /** As last seen; 1 before that, since this one runs. Costs no call. */
  current(): number;
  /** Looks. What the store raises leaves the count as it was. @returns 0: there is nothing to go on with. */
  round(call: Call): Promise<number>;
}

/** Instances check in every second: one that was silent for so long has ended. */
const SILENT_MS = 10_000;

/** Counts those that have checked in of late, as each does to follow the migration. */
export function createInstanceCount(phases: Pick<PhaseStore, 'instances'>): InstanceCount {
  let count = 1;
  return {
    current: () => count,
    async round(call) {
      const reports = await phases.instances(call);
      count = Math.max(1, reports.filter(({ ageMs }) => ageMs < SILENT_MS).length);
      return 0;
    },
  };
}
