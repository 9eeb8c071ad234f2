import { postgresDifferences } from '../../../src/adapters/postgres/differences.ts';
import { createPostgresSearchIndex } from '../../../src/adapters/postgres/search-index.ts';
import { searchIndexContract } from '../../contracts/search-index/index.ts';
import { searchTruthContract } from '../../contracts/search-truth/index.ts';
import { useDatabase } from '../../support/postgres.ts';

const database = useDatabase();

searchIndexContract(async () => ({
  index: createPostgresSearchIndex({ db: database().db }),
  differences: postgresDifferences.searchIndex,
}));

searchTruthContract(async () => {
  const { db } = database();
  await db.deleteFrom('search_documents').execute();
  return { truth: createPostgresSearchIndex({ db }) };
});
