import { postgresDifferences } from '../../../src/adapters/postgres/differences.ts';
import { createPostgresSearchIndex } from '../../../src/adapters/postgres/search-index.ts';
import { searchIndexContract } from '../../contracts/search-index/index.ts';
import { useDatabase } from '../../support/postgres.ts';

const database = useDatabase();

searchIndexContract(async () => ({
  index: createPostgresSearchIndex({ db: database().db }),
  differences: postgresDifferences.searchIndex,
}));
