import { sql } from 'kysely';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Notifications } from '../../../src/adapters/postgres/notifications.ts';
import { openNotifications } from '../../../src/adapters/postgres/notifications.ts';
import { createPostgresPhaseStore } from '../../../src/adapters/postgres/phase-store.ts';
import { phaseStoreContract } from '../../contracts/phase-store/index.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('Postgres PhaseStore', () => {
  const database = useDatabase();
  const opened: Notifications[] = [];
  afterAll(async () => {
    await Promise.all(opened.map((each) => each.close()));
  });

  function notificationsOf(onError: (error: Error) => void = () => undefined): Notifications {
    const notifications = openNotifications({
      connectionString: database().url,
      connectTimeoutMs: 5000,
      onError,
    });
    opened.push(notifications);
    return notifications;
  }

  phaseStoreContract(async () => {
    const { db } = database();
    await sql`truncate migration_phases, migration_instances`.execute(db);
    return {
      store: createPostgresPhaseStore({ db, notifications: notificationsOf() }),
      other: createPostgresPhaseStore({ db, notifications: notificationsOf() }),
      // The server owns time: instead of waiting, what is stored is moved into the past.
      advance: async (ms) => {
        const past = sql`${ms} * interval '1 millisecond'`;
        await sql`update migration_instances set seen_at = seen_at - ${past}`.execute(db);
      },
    };
  });

  test('goes on hearing after its connection was cut', async () => {
    const { db } = database();
    const errors: Error[] = [];
    const heard: string[] = [];
    const end = notificationsOf((error) => errors.push(error)).listen('cut', (payload) =>
      heard.push(payload),
    );
    const notify = () => sql`select pg_notify('cut', 'hello')`.execute(db);
    await vi.waitFor(async () => {
      await notify();
      expect(heard).not.toEqual([]);
    }, 5000);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'mediamesh-notifications' and datname = current_database()`.execute(db);
    await vi.waitFor(() => expect(errors).not.toEqual([]), 5000);
    heard.length = 0;
    await vi.waitFor(async () => {
      await notify();
      expect(heard).not.toEqual([]);
    }, 5000);
    end();
  });
});
