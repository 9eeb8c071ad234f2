import type { WriteCondition } from '../../ports/program-catalog.ts';
import type { Program } from './program.ts';

/** Whether a condition holds of what is stored; `undefined`: nothing is, or it is deleted. */
export function conditionHolds(condition: WriteCondition, stored: Program | undefined): boolean {
  switch (condition.kind) {
    case 'any':
      return true;
    case 'absent':
      return stored === undefined;
    case 'present':
      return stored !== undefined;
    case 'version':
      return stored !== undefined && condition.versions.includes(stored.version);
  }
}
