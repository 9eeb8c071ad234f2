import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { stemEnglish } from '../../../src/domain/search/english-stemmer.ts';
import { useDatabase } from '../../support/postgres.ts';

const database = useDatabase();

const ROOTS =
  'act add agree argue beauty bias big call care cat charge city communicate consist continue control create cry dance depend differ direct dry early easy egg feel fill fly gas general generate gentle go good happy hero hop hope inning journey knight knit late lie like listen live logic love lovely make marry mass move news night operate organ outing play possible proceed radical rate relate run sense short sing sit skate ski sky star stop succeed tie try ugly universe use vary view war wolf';
const SUFFIXES =
  ' s es ed ing er ers est ly ness ment ments able ible ation ations ational ization izer ful fulness less lessness ous ously ousness ive iveness ity al ally ism ist ance ence ant ent ion ions y ies ied eedly ingly edly ogy abli';

// Postgres' `english` is the reference of the algorithm at hand.
it('stems as Postgres does', async () => {
  const words = ROOTS.split(' ').flatMap((root) =>
    SUFFIXES.split(' ').flatMap((suffix) => [root + suffix, root.replace(/[ey]$/, '') + suffix]),
  );
  const { rows } = await sql<{ word: string; stem: string | null }>`
    SELECT word, (ts_lexize('english_stem', word))[1] AS stem FROM unnest(${words}::text[]) AS word`.execute(
    database().db,
  );
  const different = rows.filter(({ word, stem }) => stem !== null && stem !== stemEnglish(word));
  expect(different).toEqual([]);
  expect(rows.length).toBeGreaterThan(5000);
});
