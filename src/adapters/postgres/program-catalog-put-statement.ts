import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { ProgramDraft } from '../../domain/program/program.ts';
import { conditionHolds } from '../../domain/program/write-condition.ts';
import type { WriteCondition } from '../../ports/program-catalog.ts';
import { holdsOfRow } from './program-catalog-condition.ts';
import type { ProgramRow } from './program-catalog-rows.ts';
import { programColumns } from './program-catalog-rows.ts';

export interface PutRequest {
  readonly drafts: readonly ProgramDraft[];
  readonly condition: WriteCondition;
  readonly at: Date;
}

export interface WrittenRow {
  readonly program_id: string;
  readonly created: boolean;
}

/** The row as written; or else as the statement's snapshot has it, and whether it differs from the draft. */
export interface DecidedRow extends ProgramRow {
  readonly written: boolean;
  readonly created: boolean;
  readonly differs: boolean;
}

const CONTENT = [
  'title',
  'description',
  'content_type',
  'category',
  'language',
  'tags',
  'thumbnail_url',
  'metadata',
  'release_date',
] as const;

/** Writes the drafts that differ from what is stored and answers their ids. */
export function putStatement(request: PutRequest): RawBuilder<WrittenRow> {
  return sql`${writing(request)} select program_id, version = created_version as created from written`;
}

/** Writes one draft, and answers how it was decided; no row when nothing was written or stored. */
export function decidedPutStatement(request: PutRequest): RawBuilder<DecidedRow> {
  return sql`${writing(request)}
    select ${programColumns('written')}, true as written, version = created_version as created, true as differs from written
    union all
    select ${programColumns('stored')}, false, false, ${differs('stored', 'draft', request.drafts)}
    from programs as stored join draft using (program_id)
    where not exists (select from written)`;
}

// Rows are inserted, and so locked, in the order of their ids: two callers with ids in common wait for each other in
// one direction only. `on conflict` looks at the newest row, also at one that the statement's snapshot does not have.
function writing(request: PutRequest): RawBuilder<unknown> {
  const at = sql`${request.at.toISOString()}::timestamptz`;
  return sql`
    with draft as materialized (${given(request.drafts)}),
    written as (
      insert into programs as stored (
        program_id, ${columns()}, view_count, popularity_score, version, created_version, created_at, updated_at
      )
      select program_id, ${columns()}, view_count, popularity_score, 1, 1, ${at}, ${at}
      from draft
      where ${mayInsert(request.condition)}
      order by program_id collate "C"
      on conflict (program_id) do update set
        ${sql.join(CONTENT.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`))},
        view_count = ${settled('view_count', 'stored', 'excluded', request.drafts)},
        popularity_score = ${settled('popularity_score', 'stored', 'excluded', request.drafts)},
        version = stored.version + 1,
        created_version = case when stored.deleted_at is null then stored.created_version else stored.version + 1 end,
        created_at = case when stored.deleted_at is null then stored.created_at else excluded.created_at end,
        updated_at = excluded.updated_at,
        deleted_at = null
      where ${holdsOfRow(request.condition, 'stored')} and ${differs('stored', 'excluded', request.drafts)}
      returning *
    )`;
}

function given(drafts: readonly ProgramDraft[]): RawBuilder<unknown> {
  return sql`
    select "programId" as program_id, title, description, "contentType" as content_type, category, language, tags,
      "thumbnailUrl" as thumbnail_url, metadata, "releaseDate" as release_date,
      coalesce("viewCount", 0) as view_count, coalesce("popularityScore", 0) as popularity_score
    from json_to_recordset(${JSON.stringify(drafts)}::json) as given (
      "programId" text, title text, description text, "contentType" text, category text, language text, tags text[],
      "thumbnailUrl" text, metadata jsonb, "releaseDate" date, "viewCount" bigint, "popularityScore" double precision
    )`;
}

// A condition that wants a program to be there must not insert one. A row is never taken away, so what the snapshot has is
// met again by `on conflict`.
function mayInsert(condition: WriteCondition): RawBuilder<boolean> {
  if (conditionHolds(condition, undefined)) return sql`true`;
  return sql`exists (
    select from programs as seen where seen.program_id = draft.program_id and ${holdsOfRow(condition, 'seen')}
  )`;
}

function differs(stored: string, other: string, drafts: readonly ProgramDraft[]): RawBuilder<boolean> {
  const row = (table: string): RawBuilder<unknown> =>
    sql.join(CONTENT.map((name) => sql.ref(`${table}.${name}`)));
  return sql`(${sql.ref(`${stored}.deleted_at`)} is not null or (
    ${row(stored)}, ${sql.ref(`${stored}.view_count`)}, ${sql.ref(`${stored}.popularity_score`)}
  ) is distinct from (
    ${row(other)}, ${settled('view_count', stored, other, drafts)}, ${settled('popularity_score', stored, other, drafts)}
  ))`;
}

// What is proposed for insertion has 0 for a measure that its draft leaves out; which drafts do is told beside it.
function settled(
  measure: 'view_count' | 'popularity_score',
  stored: string,
  other: string,
  drafts: readonly ProgramDraft[],
): RawBuilder<unknown> {
  const field = measure === 'view_count' ? 'viewCount' : 'popularityScore';
  const keeping = drafts.filter((draft) => draft[field] === undefined).map((draft) => draft.programId);
  const column = (table: string): RawBuilder<unknown> => sql`${sql.ref(`${table}.${measure}`)}`;
  return sql`case
    when ${sql.ref(`${stored}.deleted_at`)} is null and ${sql.ref(`${stored}.program_id`)} = any(${keeping}::text[])
    then ${column(stored)} else ${column(other)} end`;
}

function columns(): RawBuilder<unknown> {
  return sql.join(CONTENT.map((name) => sql.ref(name)));
}
