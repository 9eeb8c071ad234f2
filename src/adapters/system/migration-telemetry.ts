import type { Logger } from 'pino';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Metrics } from './metrics.ts';

type MigrationTelemetry = Pick<
  Telemetry,
  'readCopy' | 'comparedCopy' | 'migrating' | 'loweredReads' | 'forcedPhase'
>;

/** What is told of a migration: counts as metrics, steps that nobody asked for as log lines. */
export function migrationTelemetry(log: Logger, { migration }: Metrics): MigrationTelemetry {
  return {
    readCopy: (dataSet, outcome) => migration.reads.inc({ data_set: dataSet, outcome }),
    comparedCopy: (dataSet, result) => migration.comparisons.inc({ data_set: dataSet, result }),
    migrating(dataSet, { phase, readPercent, epoch, pending, parked, oldestAgeMs }) {
      const labels = { data_set: dataSet };
      for (const name of PHASES) migration.phase.set({ ...labels, phase: name }, name === phase ? 1 : 0);
      migration.readPercent.set(labels, readPercent);
      migration.epoch.set(labels, epoch);
      migration.pending.set(labels, pending);
      migration.parked.set(labels, parked);
      migration.lag.set(labels, oldestAgeMs / 1000);
    },
    loweredReads: (dataSet, readPercent, reason) =>
      log.error(
        { dataSet, readPercent, reason },
        'fewer reads come from the copy now: look at the migration',
      ),
    forcedPhase: (dataSet, blockers) => log.warn({ dataSet, blockers }, 'a step of the migration was forced'),
  };
}

const PHASES = ['off', 'dual-write', 'read-fallback', 'primary'] as const;
