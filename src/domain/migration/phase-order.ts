import type { Migrated, Phase } from '../../ports/phase-store.ts';

/** The data sets that are migrated. */
export const DATA_SETS: readonly Migrated[] = ['programs', 'search'];

/** The phases in the order of a migration. */
export const PHASES: readonly Phase[] = ['off', 'dual-write', 'read-fallback', 'primary'];
