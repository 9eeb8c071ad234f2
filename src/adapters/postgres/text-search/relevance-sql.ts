import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { QueryWord, QueryWords } from '../../../domain/search/query-words.ts';
import {
  COVERAGE_SHARE,
  EXACT_BASE,
  POPULARITY_HALF,
  POPULARITY_SHARE,
  TITLE_BONUSES,
  WORD_WEIGHTS,
} from '../../../domain/search/relevance.ts';
import { begunWord, everyWord, wholeWord } from './tsquery.ts';

/** Each word of a score is a few comparisons a row: the words past these only decide what matches. */
const SCORED_WORDS = 12;

/** `domain/search/relevance.ts` as an expression over a row `t` of `search_texts`. */
export function relevance(query: QueryWords): RawBuilder<number> {
  const words = query.required.slice(0, SCORED_WORDS);
  const weights = sql.join(words.map(wordWeight), sql` + `);
  return sql`(${EXACT_BASE}::float8 + (${weights}) / ${words.length}::float8 + ${titleBonus(query)}
    + ${coverage(query)} + ${popularity()})`;
}

function wordWeight(word: QueryWord): RawBuilder<number> {
  const whole = sql`${wholeWord(word)}::tsquery`;
  const begins = word.beginnings.length > 0;
  const inTitle = begins
    ? sql`WHEN t.title_words @@ ${begunWord(word)}::tsquery THEN ${WORD_WEIGHTS.titleBeginning}::float8`
    : sql``;
  const inLabel =
    begins && word.beginsIn === 'anywhere'
      ? sql`WHEN t.label_words @@ ${begunWord(word)}::tsquery THEN ${WORD_WEIGHTS.labelBeginning}::float8`
      : sql``;
  return sql`CASE WHEN t.title_words @@ ${whole} THEN ${WORD_WEIGHTS.title}::float8 ${inTitle}
    WHEN t.label_words @@ ${whole} THEN ${WORD_WEIGHTS.label}::float8 ${inLabel}
    WHEN t.words @@ ${whole} THEN ${WORD_WEIGHTS.description}::float8
    ELSE ${WORD_WEIGHTS.descriptionBeginning}::float8 END`;
}

function titleBonus({ line, articleLines }: QueryWords): RawBuilder<number> {
  return sql`CASE WHEN t.title_line = ${line} THEN ${TITLE_BONUSES.whole}::float8
    WHEN t.title_line = ANY(${articleLines}::text[]) THEN ${TITLE_BONUSES.wholeButArticle}::float8
    WHEN starts_with(t.title_line, ${`${line} `}) THEN ${TITLE_BONUSES.start}::float8
    WHEN starts_with(t.title_line, ${line}) THEN ${TITLE_BONUSES.startBeginning}::float8
    WHEN strpos(t.title_line || ' ', ${` ${line} `}) > 0 THEN ${TITLE_BONUSES.phrase}::float8
    WHEN strpos(t.title_line, ${` ${line}`}) > 0 THEN ${TITLE_BONUSES.phraseBeginning}::float8 ELSE 0 END`;
}

function coverage({ required, line }: QueryWords): RawBuilder<number> {
  return sql`CASE WHEN t.title_words @@ ${everyWord(required)}::tsquery
    THEN ${COVERAGE_SHARE}::float8 * least(1, ${line.length}::float8 / length(t.title_line)) ELSE 0 END`;
}

function popularity(): RawBuilder<number> {
  return sql`${POPULARITY_SHARE}::float8 * ln(1 + t.popularity) / (ln(1 + t.popularity) + ${POPULARITY_HALF}::float8)`;
}
