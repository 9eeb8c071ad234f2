import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import { PROGRAM_LIMITS } from '../../domain/program/program.ts';
import { PROGRAM_SORTS } from '../../domain/program/program-query.ts';
import { cursor, dateTime, limit, listOf, nullable, ref, text, wholeNumber } from './common.ts';

export const programId = Type.String({
  pattern: PROGRAM_LIMITS.programId.pattern,
  maxLength: PROGRAM_LIMITS.programId.max,
  description: 'The id of a program: letters, digits and . _ ~ : - after a letter or digit. Never changes.',
  examples: ['blade-runner-1982'],
});

const contentType = Type.String({
  pattern: PROGRAM_LIMITS.contentType.pattern,
  maxLength: PROGRAM_LIMITS.contentType.max,
  description: '`movie`, `series`, `episode`, `live`, `clip` or another lower-case word.',
  examples: ['movie'],
});

const language = Type.String({
  format: 'language',
  pattern: PROGRAM_LIMITS.language.pattern,
  maxLength: PROGRAM_LIMITS.language.max,
  description: 'A BCP 47 language tag; `und` when unknown. Kept in canonical form.',
  examples: ['en'],
});

const category = text(PROGRAM_LIMITS.category.min, PROGRAM_LIMITS.category.max, {
  description: 'The one category of a program.',
  examples: ['Science Fiction'],
});

const tag = text(PROGRAM_LIMITS.tag.min, PROGRAM_LIMITS.tag.max, {
  description: 'A free word.',
  examples: ['dystopia'],
});

const date = (description: string) =>
  Type.String({ format: 'date', maxLength: 10, description, examples: ['1982-06-25'] });

/** Fields that programs and search documents share. */
export const fields = {
  contentType,
  language,
  category,
  tags: Type.Array(tag, {
    maxItems: PROGRAM_LIMITS.tags,
    uniqueItems: true,
    description: `At most ${PROGRAM_LIMITS.tags}, without repeats.`,
    examples: [['dystopia', 'neo-noir']],
  }),
  title: text(PROGRAM_LIMITS.title.min, PROGRAM_LIMITS.title.max, {
    description: 'The title as shown.',
    examples: ['Blade Runner'],
  }),
  description: Type.String({
    maxLength: PROGRAM_LIMITS.description.max,
    description: 'Plain text; line breaks are kept. Empty when there is none.',
    examples: ['A blade runner must pursue four replicants.'],
  }),
  releaseDate: nullable(date(''), 'A calendar date, or `null` when unknown.'),
  popularityScore: Type.Number({
    minimum: 0,
    maximum: PROGRAM_LIMITS.popularityScore,
    description: 'Orders the popular list. Left out of a write, the stored one stays.',
    examples: [8.2],
  }),
};

const writable = {
  title: fields.title,
  description: fields.description,
  contentType,
  category,
  language,
  tags: fields.tags,
  thumbnailUrl: nullable(
    Type.String({
      format: 'uri',
      maxLength: PROGRAM_LIMITS.thumbnailUrl.max,
      examples: ['https://img.example/blade-runner.jpg'],
    }),
    'An absolute http or https URL, or `null`.',
  ),
  metadata: Type.Unsafe<object>({
    type: 'object',
    additionalProperties: true,
    description: `Anything else, kept as given: at most ${PROGRAM_LIMITS.metadataBytes} bytes of JSON, ${PROGRAM_LIMITS.metadataDepth} levels deep. Numbers past 2^53-1 are refused: write them as strings.`,
    examples: [{ director: 'Ridley Scott' }],
  }),
  releaseDate: fields.releaseDate,
  viewCount: wholeNumber('Counted views. Left out of a write, the stored count stays.', 120_000),
  popularityScore: fields.popularityScore,
};

/** Every field of a program as it is answered. */
export const programProperties = {
  programId,
  ...writable,
  version: Type.Integer({
    minimum: 1,
    description: 'Grows by one with each change; the `ETag` is made of it.',
    examples: [3],
  }),
  createdAt: dateTime('When the program was first written.'),
  updatedAt: dateTime('When the program was last changed.'),
};

const optional = (names: readonly string[], properties: Record<string, TSchema>) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      names.includes(name) ? schema : Type.Optional(schema),
    ]),
  );

const REQUIRED = ['title', 'contentType', 'category', 'language'];

export const Program = Type.Object(programProperties, {
  $id: 'Program',
  additionalProperties: false,
  description: 'A program of the catalogue.',
});

export const ProgramInput = Type.Object(optional(REQUIRED, { programId, ...writable }), {
  $id: 'ProgramInput',
  additionalProperties: false,
  description:
    'A program as it is written. What is left out gets its empty value; measures keep their stored value.',
  examples: [
    {
      programId: 'blade-runner-1982',
      title: 'Blade Runner',
      contentType: 'movie',
      category: 'Science Fiction',
      language: 'en',
      tags: ['dystopia'],
      releaseDate: '1982-06-25',
    },
  ],
});

export const ProgramPatch = Type.Object(
  Object.fromEntries(
    Object.entries({ programId, ...writable }).map(([name, schema]) => [name, Type.Optional(orNull(schema))]),
  ),
  {
    $id: 'ProgramPatch',
    additionalProperties: false,
    description:
      'A JSON merge patch (RFC 7396): `null` takes a field back to its empty value; what is left out stays.',
    examples: [{ title: 'Blade Runner: The Final Cut', thumbnailUrl: null }],
  },
);

function orNull(schema: TSchema & { type?: string | string[] }): TSchema {
  return Type.Unsafe<unknown>({ ...schema, type: [schema.type ?? []].flat().concat('null').filter(unique) });
}

function unique(value: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(value) === index;
}

export const ProgramPage = listOf('ProgramPage', ref('Program'), 'A page of programs.');

export const programParams = Type.Object({ programId }, { additionalProperties: false });

/** Filters that several lists share. */
export const filters = {
  category: Type.Optional(category),
  language: Type.Optional(language),
  contentType: Type.Optional(contentType),
  tag: Type.Optional(tag),
};

export const programQuery = Type.Object(
  {
    ...filters,
    releasedAfter: Type.Optional(date('Released on this day or later.')),
    releasedBefore: Type.Optional(date('Released on this day or earlier.')),
    sort: Type.Enum([...PROGRAM_SORTS], {
      default: PROGRAM_SORTS[0],
      description: 'The order; a minus is descending. Ties go by id.',
      examples: ['-releaseDate'],
    }),
    limit: limit(50, 500, 'programs'),
    cursor,
  },
  { additionalProperties: false },
);

const BATCH_GET_MAX = 100;

export const ProgramIds = Type.Object(
  {
    programIds: Type.Array(programId, {
      minItems: 1,
      maxItems: BATCH_GET_MAX,
      description: `1 to ${BATCH_GET_MAX} ids; a repeat is answered once.`,
      examples: [['blade-runner-1982', 'no-such-program']],
    }),
  },
  { $id: 'ProgramIds', additionalProperties: false, description: 'The programs to get.' },
);

export const FoundPrograms = Type.Object(
  {
    items: Type.Array(ref('Program'), { description: 'Those that exist, in the order asked for.' }),
    missing: Type.Array(programId, {
      description: 'Those that do not exist.',
      examples: [['no-such-program']],
    }),
  },
  { $id: 'FoundPrograms', additionalProperties: false, description: 'Programs by id.' },
);

export const MAX_IMPORT_ERRORS = 1000;

export const ImportResult = Type.Object(
  {
    accepted: wholeNumber('Lines that went in: created, updated and unchanged ones.', 36_270),
    rejected: wholeNumber('Lines that did not.', 3),
    created: wholeNumber('New programs.', 36_000),
    updated: wholeNumber('Programs that changed.', 200),
    unchanged: wholeNumber('Programs that were already as the line says.', 70),
    errors: Type.Array(
      Type.Object(
        {
          line: wholeNumber('The number of the line, from 1.', 17),
          message: Type.String({ description: 'What is wrong with it.', examples: ['/title: is required'] }),
        },
        { additionalProperties: false },
      ),
      { maxItems: MAX_IMPORT_ERRORS, description: `The first ${MAX_IMPORT_ERRORS} rejected lines.` },
    ),
    errorsOmitted: wholeNumber('Rejected lines past those listed.', 0),
  },
  { $id: 'ImportResult', additionalProperties: false, description: 'What became of the lines of an import.' },
);
