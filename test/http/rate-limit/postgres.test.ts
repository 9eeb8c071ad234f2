import { describe } from 'vitest';
import { createPostgresCounterStore } from '../../../src/adapters/postgres/counter-store.ts';
import { useDatabase } from '../../support/postgres.ts';
import { pluginContract } from './plugin.contract.ts';

const database = useDatabase();

describe('the guard on counters in Postgres', () => {
  pluginContract(() => createPostgresCounterStore(database().db));
});
