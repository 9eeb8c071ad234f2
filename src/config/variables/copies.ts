import type { Variable } from '../variable.ts';
import { milliseconds, oneOf, wholeNumber } from '../variable.ts';

/** How reads of copies behave, and what a migration asks for before it goes on. */
export const COPIES = {
  HOT_PROGRAM_SCOPE: {
    ...oneOf(['all', 'popular']),
    description:
      'Which programs the hot store keeps. `popular`: those with enough views or among the 1,000 most popular, for 30 days from their last write; the catalogue answers for the others in every phase.',
    default: 'all',
    example: 'popular',
  },
  HOT_PROGRAM_MIN_VIEWS: {
    ...wholeNumber(0, 1_000_000_000),
    description: 'With `HOT_PROGRAM_SCOPE=popular`: how many views a program needs to be kept.',
    default: '10000',
    example: '10000',
  },
  HOT_READ_TIMEOUT_MS: {
    ...milliseconds(5, 10_000),
    description:
      'How long a read of a copy may take before the catalogue is asked in its place. Milliseconds.',
    default: '150',
    example: '150',
  },
  FALLBACK_MAX_CONCURRENT: {
    ...wholeNumber(1, 10_000),
    description:
      'How many reads at once an instance turns from a copy that fails to the catalogue; past that they are answered with 503, so that the catalogue is not crushed.',
    default: '50',
    example: '50',
  },
  SHADOW_READ_PERCENT: {
    ...wholeNumber(0, 100),
    description: 'Share of reads that are compared with the other store after they were answered. Per cent.',
    default: '10',
    example: '10',
  },
  MIGRATION_MAX_LAG_MS: {
    ...milliseconds(100, 3_600_000),
    description:
      'How far copies may be behind: past it reads go back to the catalogue step by step, no step forwards is allowed, and backfills wait. More than the ten seconds for which a relay that dies holds its marks. Milliseconds.',
    default: '15000',
    example: '15000',
  },
  MIGRATION_SOAK_SECONDS: {
    ...wholeNumber(0, 2_592_000),
    description: 'How long all reads must have come from the copy before it may become primary. Seconds.',
    default: '600',
    example: '86400',
  },
  MIGRATION_MIN_COMPARISONS: {
    ...wholeNumber(0, 1_000_000_000),
    description: 'How many comparisons without a difference `primary` asks for.',
    default: '1000',
    example: '10000',
  },
  RELAY: {
    ...oneOf(['on', 'off']),
    description:
      'Whether this instance brings copies up to date and works on backfills. `off`: other instances, or `mediamesh relay`, do.',
    default: 'on',
    example: 'on',
  },
} as const satisfies Record<string, Variable>;
