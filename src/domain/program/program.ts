import type { JsonObject } from '../json.ts';

/** What an editor says of a program. */
export interface ProgramContent {
  /** Matches {@link PROGRAM_LIMITS.programId}; never changes. */
  readonly programId: string;
  readonly title: string;
  /** `''` when there is none. */
  readonly description: string;
  /** `movie`, `series`, `episode`, `live`, `clip` or another lower-case word. */
  readonly contentType: string;
  readonly category: string;
  /** Canonical BCP 47 tag, for example `pt-BR`; `und` when unknown. */
  readonly language: string;
  /** Without repeats, in the order given. */
  readonly tags: readonly string[];
  readonly thumbnailUrl: string | null;
  /** Kept as given; at most {@link PROGRAM_LIMITS.metadataBytes} of JSON. */
  readonly metadata: JsonObject;
  /** A calendar date, `YYYY-MM-DD`. */
  readonly releaseDate: string | null;
}

/** What is measured, not written: a draft that leaves one out keeps the stored value (0 for a new program). */
export interface ProgramMeasures {
  /** Whole number, 0 to 2^53-1. Grows with the views that the service counts. */
  readonly viewCount: number;
  /** 0 to 1e12; orders the popular list. */
  readonly popularityScore: number;
}

/** A program as a caller writes it: checked and complete but for the measures. */
export type ProgramDraft = ProgramContent & Partial<ProgramMeasures>;

/** A program as the catalogue keeps it. */
export interface Program extends ProgramContent, ProgramMeasures {
  /** Starts at 1 and grows by one with each change, deletes included; never reset. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Every limit of a program's fields, in one place: the checks, the HTTP schema and the docs read it. */
export const PROGRAM_LIMITS = {
  /** Begins with a letter or digit, so ids can never take the prefixes that stores keep for their own items. */
  programId: { pattern: '^[A-Za-z0-9][A-Za-z0-9._~:-]{0,99}$', max: 100 },
  title: { min: 1, max: 500 },
  description: { min: 0, max: 10_000, multiline: true },
  contentType: { pattern: '^[a-z][a-z0-9-]{0,31}$', max: 32 },
  category: { min: 1, max: 64 },
  language: { pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$', max: 35 },
  tag: { min: 1, max: 64 },
  tags: 50,
  thumbnailUrl: { max: 2048 },
  metadataBytes: 16_384,
  metadataDepth: 8,
  popularityScore: 1e12,
} as const;

const PROGRAM_ID = new RegExp(PROGRAM_LIMITS.programId.pattern, 'u');

/** Whether a value that came from outside can be the id of a program or a search document. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && PROGRAM_ID.test(value);
}

/** Ids that no program can have: in an address they would mean a call of the API. */
export const RESERVED_PROGRAM_IDS: ReadonlySet<string> = new Set(['batch-get', 'export', 'import']);

/** The measures of a draft over what is stored (`undefined`: nothing is). */
export function settledMeasures(draft: ProgramDraft, stored: ProgramMeasures | undefined): ProgramMeasures {
  return {
    viewCount: draft.viewCount ?? stored?.viewCount ?? 0,
    popularityScore: draft.popularityScore ?? stored?.popularityScore ?? 0,
  };
}

/** The part of a program that export writes and import reads back. */
export function toDraft(program: Program): Required<ProgramDraft> {
  const { version: _version, createdAt: _createdAt, updatedAt: _updatedAt, ...draft } = program;
  return draft;
}
