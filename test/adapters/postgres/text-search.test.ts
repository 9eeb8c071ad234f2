import { sql } from 'kysely';
import { STEMMED_LANGUAGES } from '../../../src/adapters/postgres/text-search/stemmers.ts';
import { createPostgresTextSearch } from '../../../src/adapters/postgres/text-search.ts';
import { textSearchContract } from '../../contracts/text-search/index.ts';
import { useDatabase } from '../../support/postgres.ts';

const database = useDatabase();

textSearchContract(async () => {
  const { db } = database();
  // The database is this file's own: searches have no ids to keep tests apart by.
  await sql`TRUNCATE search_texts, search_title_words, search_stemmers`.execute(db);
  return { textSearch: createPostgresTextSearch({ db }), stemmedLanguages: STEMMED_LANGUAGES };
});
