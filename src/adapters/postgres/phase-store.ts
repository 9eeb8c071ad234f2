import type { Kysely } from 'kysely';
import type { Migrated, PhaseStore } from '../../ports/phase-store.ts';
import type { MigrationTables } from './migrations/0007-migration.ts';
import type { InstanceTables } from './migrations/0009-instances.ts';
import type { Notifications } from './notifications.ts';
import { changePhase, PHASE_CHANNEL } from './phase-store-change.ts';
import { checkIn, checkOut, readInstances } from './phase-store-instances.ts';
import { readCurrent, readHistory } from './phase-store-records.ts';
import { withStoreErrors } from './store-errors.ts';

export interface PostgresPhaseStoreDeps {
  readonly db: Kysely<MigrationTables & InstanceTables>;
  readonly notifications: Notifications;
  /** How long a change of phase waits for the writes under way, and holds up those that begin meanwhile. Milliseconds; 2,000 by default. */
  readonly fenceTimeoutMs?: number;
}

const FENCE_TIMEOUT_MS = 2000;

/** The control record in `migration_phases`: rows are only ever added, and the primary key lets one of many callers in. */
export function createPostgresPhaseStore(deps: PostgresPhaseStoreDeps): PhaseStore {
  const { db, notifications, fenceTimeoutMs = FENCE_TIMEOUT_MS } = deps;
  return {
    read: (dataSet, call) => withStoreErrors(() => readCurrent(db, dataSet, call)),
    change: (dataSet, epoch, change, call) =>
      withStoreErrors(() => changePhase(db, { dataSet, epoch, change, fenceTimeoutMs }, call)),
    history: (dataSet, limit, call) => withStoreErrors(() => readHistory(db, dataSet, limit, call)),
    checkIn: (instanceId, epochs, call) => withStoreErrors(() => checkIn(db, { instanceId, epochs }, call)),
    checkOut: (instanceId, call) => withStoreErrors(() => checkOut(db, instanceId, call)),
    instances: (call) => withStoreErrors(() => readInstances(db, call)),
    onChange: (listener) => notifications.listen(PHASE_CHANNEL, (dataSet) => listener(dataSet as Migrated)),
  };
}
