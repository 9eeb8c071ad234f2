import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Page } from '../../domain/page.ts';
import type { Program } from '../../domain/program/program.ts';
import type {
  ProgramFilter,
  ProgramPosition,
  ProgramQuery,
  ProgramSort,
} from '../../domain/program/program-query.ts';
import { positionOf } from '../../domain/program/program-query.ts';
import type { Call } from '../../ports/call.ts';
import type { TopPrograms, TopQuery } from '../../ports/program-catalog.ts';
import type { ProgramRow } from './program-catalog-rows.ts';
import { programColumns, toProgram } from './program-catalog-rows.ts';
import type { Database } from './tables.ts';

/** The day from which release dates count down, and the place of programs that have none: as in the index. */
const LAST_DAY = '9999-12-31';
const NO_DAY = 2_147_483_647;
const DAY_MS = 86_400_000;

// Written exactly as the indexes have them: the planner matches an index on an expression by its form.
const RISING: Readonly<Record<ProgramSort, RawBuilder<unknown>>> = {
  '-popularityScore': sql`(-programs.popularity_score)`,
  '-viewCount': sql`(-programs.view_count)`,
  '-releaseDate': sql`coalesce(date '9999-12-31' - programs.release_date, 2147483647)`,
  title: sql`programs.title`,
};

export async function queryPrograms(
  db: Kysely<Database>,
  query: ProgramQuery,
  call: Call,
): Promise<Page<Program, ProgramPosition>> {
  const statement = sql<ProgramRow>`
    select ${programColumns('programs')} from programs
    where ${meets(query.filter)} and ${isAfter(query.sort, query.after)}
    order by ${RISING[query.sort]}, programs.program_id
    limit ${query.limit + 1}`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  const items = rows.slice(0, query.limit).map(toProgram);
  const last = items.at(-1);
  const more = rows.length > query.limit && last !== undefined;
  return { items, next: more ? positionOf(last, query.sort) : undefined };
}

export async function topPrograms(db: Kysely<Database>, query: TopQuery, call: Call): Promise<TopPrograms> {
  const statement = sql<ProgramRow & { readonly top_id: string }>`
    with top as (
      select programs.program_id, row_number() over (order by ${RISING[query.sort]}, programs.program_id) as place
      from programs where ${meets(query.filter)}
      order by ${RISING[query.sort]}, programs.program_id
      limit ${query.idLimit}
    )
    select top.program_id as top_id, ${programColumns('whole')}
    from top left join programs as whole
      on whole.program_id = case when top.place <= ${query.limit} then top.program_id end
    order by top.place`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  return { programs: rows.slice(0, query.limit).map(toProgram), programIds: rows.map((row) => row.top_id) };
}

function meets(filter: ProgramFilter): RawBuilder<boolean> {
  const { category, language, contentType, tag, releasedAfter, releasedBefore } = filter;
  const conditions: RawBuilder<unknown>[] = [sql`programs.deleted_at is null`];
  if (category !== undefined) conditions.push(sql`programs.category = ${category}`);
  if (language !== undefined) conditions.push(sql`programs.language = ${language}`);
  if (contentType !== undefined) conditions.push(sql`programs.content_type = ${contentType}`);
  if (tag !== undefined) conditions.push(sql`programs.tags @> array[${tag}]::text[]`);
  const days = RISING['-releaseDate'];
  if (releasedAfter !== undefined) conditions.push(sql`${days} <= ${daysLeft(releasedAfter)}::integer`);
  if (releasedBefore !== undefined) {
    conditions.push(sql`${days} >= ${daysLeft(releasedBefore)}::integer and ${days} < ${NO_DAY}::integer`);
  }
  return sql`${sql.join(conditions, sql` and `)}`;
}

function isAfter(sort: ProgramSort, position: ProgramPosition | undefined): RawBuilder<boolean> {
  if (position === undefined) return sql`true`;
  const [key, programId] = position;
  return sql`(${RISING[sort]}, programs.program_id) > (${risingKey(sort, key)}, ${programId})`;
}

function risingKey(sort: ProgramSort, key: string | number | null): RawBuilder<unknown> {
  switch (sort) {
    case '-popularityScore':
      return sql`${-Number(key)}::double precision`;
    case '-viewCount':
      return sql`${-Number(key)}::bigint`;
    case '-releaseDate':
      return sql`${key === null ? NO_DAY : daysLeft(String(key))}::integer`;
    case 'title':
      return sql`${String(key)}::text`;
  }
}

// A position may come from outside and name a day that does not exist: that rolls over, where parsing would give NaN.
function daysLeft(day: string): number {
  const [year = 0, month = 1, dayOfMonth = 1] = day.split('-').map(Number);
  const date = new Date(0).setUTCFullYear(year, month - 1, dayOfMonth);
  return Math.round((Date.parse(LAST_DAY) - date) / DAY_MS);
}
