import { PHASES } from '../../ports/phase-store.ts';
import type { Variable } from '../variable.ts';
import { oneOf } from '../variable.ts';

export const MIGRATION = {
  MIGRATION_PHASE: {
    ...oneOf(PHASES),
    description:
      'The phase that a migration begins with: the first value of its record, which rules from then on. Later changes are made with `npx mediamesh migrate`, and this variable is not looked at any more.',
    default: 'off',
    example: 'dual-write',
  },
  MIGRATION_PHASE_PROGRAMS: {
    ...oneOf(PHASES),
    description: 'The first phase of the hot copies of programs, in place of `MIGRATION_PHASE`.',
    example: 'dual-write',
  },
  MIGRATION_PHASE_SEARCH: {
    ...oneOf(PHASES),
    description: 'The first phase of the search index, in place of `MIGRATION_PHASE`.',
    example: 'off',
  },
} as const satisfies Record<string, Variable>;
