import { describe, expect, it } from 'vitest';
import { openNotifications } from '../../../src/adapters/postgres/notifications.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('the connection for notifications', () => {
  const database = useDatabase({ migrated: false });

  it('can be closed while it is being made', async () => {
    const errors: Error[] = [];
    const notifications = openNotifications({
      connectionString: database().url,
      connectTimeoutMs: 5000,
      onError: (error) => errors.push(error),
    });
    notifications.listen('news', () => undefined);
    await notifications.close();
    expect(errors).toEqual([]);
  });
});
