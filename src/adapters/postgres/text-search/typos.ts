import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { correctedWords } from '../../../domain/search/corrections.ts';
import type { QueryWords } from '../../../domain/search/query-words.ts';
import { wordsToFind } from '../../../domain/search/typo-ranking.ts';
import { typoProbes } from '../../../domain/search/typos.ts';
import type { Call } from '../../../ports/call.ts';
import type { TextTables } from '../migrations/0005-texts.ts';
import { everyWord } from './tsquery.ts';

/** A `tsquery` for titles that hold the words give or take a typo or two. */
export async function nearTitles(db: Kysely<TextTables>, query: QueryWords, call: Call): Promise<string> {
  const probes = wordsToFind(query).flatMap((word) => typoProbes(word.text));
  const { rows } = await sql<{ word: string }>`
    SELECT word FROM search_title_words
    WHERE typo_keys && (SELECT ${[...new Set(probes)]}::text[] COLLATE "C")`.execute(db, call);
  const words = rows.map((row) => row.word);
  return everyWord(correctedWords(query, words));
}
