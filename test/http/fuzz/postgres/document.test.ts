import { describe } from 'vitest';
import { aServer } from '../../../support/http.ts';
import { useDatabase } from '../../../support/postgres.ts';
import { fuzzTheDocument } from '../document.contract.ts';

// Postgres refuses what memory would take (NUL in text, numbers out of range): what slips through the checks is a 500 here.
describe('the OpenAPI document as a hostile client reads it, on Postgres', () => {
  const database = useDatabase();
  fuzzTheDocument(() => aServer({ databaseUrl: database().url }), 5000);
});
