import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { queryWords } from '../../../domain/search/query-words.ts';
import type { Call } from '../../../ports/call.ts';
import type { Suggestion } from '../../../ports/text-search.ts';
import type { TextTables } from '../migrations/0005-texts.ts';

type Db = Kysely<TextTables>;
type Row = { content_id: string; title: string; title_line: string };

/** Sorts after every character that a line can hold. */
const LAST = '\u{10ffff}';

export async function suggest(
  db: Db,
  text: string,
  limit: number,
  call: Call,
): Promise<readonly Suggestion[]> {
  const { line } = queryWords(text);
  if (line === '' || limit === 0) return [];
  const starting = await startingWith(db, line, limit, call);
  const later = starting.length < limit ? await continuingWith(db, line, limit, call) : [];
  return [...starting, ...later]
    .slice(0, limit)
    .map((row) => ({ contentId: row.content_id, title: row.title }));
}

// Of documents with the same title the most popular stands for all.
async function startingWith(db: Db, line: string, limit: number, call: Call): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    SELECT content_id, title, title_line FROM (
      SELECT DISTINCT ON (title_line) content_id, title, title_line, popularity FROM search_texts
      WHERE title_line >= ${line} AND title_line < ${line + LAST}
      ORDER BY title_line, popularity DESC, content_id
    ) AS titles
    ORDER BY popularity DESC, content_id LIMIT ${limit}`.execute(db, call);
  return rows;
}

// The index knows which titles have the words, `strpos` that they follow one another from the beginning of a later word.
async function continuingWith(db: Db, line: string, limit: number, call: Call): Promise<readonly Row[]> {
  const words = line.split(' ').map((word) => `'${word}'`);
  const { rows } = await sql<Row>`
    SELECT content_id, title, title_line FROM (
      SELECT DISTINCT ON (title_line) content_id, title, title_line, popularity FROM search_texts
      WHERE title_words @@ (SELECT ${`${words.join(' & ')}:*`}::tsquery)
        AND strpos(title_line, ${` ${line}`}) > 0 AND NOT starts_with(title_line, ${line})
      ORDER BY title_line, popularity DESC, content_id
    ) AS titles
    ORDER BY popularity DESC, content_id LIMIT ${limit}`.execute(db, call);
  return rows;
}
