import { afterAll, beforeAll, describe } from 'vitest';
import { useDatabase } from '../../support/postgres.ts';
import type { TestService } from '../../support/service.ts';
import { aService } from '../../support/service.ts';
import { pagingAMovingList } from '../paging.contract.ts';

describe('paging on Postgres', () => {
  const database = useDatabase();
  let service: TestService;
  beforeAll(() => {
    service = aService(database().url);
  });
  afterAll(() => service.dispose());
  pagingAMovingList(() => service, 25);
});
