import { afterAll } from 'vitest';
import type { Notifications } from '../../src/adapters/postgres/notifications.ts';
import { openNotifications } from '../../src/adapters/postgres/notifications.ts';
import type { TestDatabase } from './postgres.ts';

/** Makes connections for hints, each of its own, that are closed after the tests of the file or `describe`. */
export function useNotifications(database: () => TestDatabase): () => Notifications {
  const opened: Notifications[] = [];
  afterAll(async () => {
    await Promise.all(opened.map((each) => each.close()));
  });
  return () => {
    const notifications = openNotifications({
      connectionString: database().url,
      connectTimeoutMs: 5000,
      onError: () => undefined,
    });
    opened.push(notifications);
    return notifications;
  };
}
