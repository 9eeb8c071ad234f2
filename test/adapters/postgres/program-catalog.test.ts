import { describe } from 'vitest';
import { programCatalogContract } from '../../contracts/program-catalog/index.ts';
import { aPostgresCatalog } from '../../support/marked-catalogs.ts';
import { useNotifications } from '../../support/notifications.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('the Postgres catalogue', () => {
  const database = useDatabase({ maxConnections: 20 });
  const notifications = useNotifications(database);

  programCatalogContract(async () => aPostgresCatalog(database(), notifications()));
});
