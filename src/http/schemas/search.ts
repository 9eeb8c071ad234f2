import { Type } from 'typebox';
import { FACETS, TEXT_SORTS } from '../../ports/text-search.ts';
import { CONTROLS, cursor, dateTime, limit, listOf, ref, wholeNumber } from './common.ts';
import { fields, filters, programId } from './program.ts';

const contentId = { ...programId, description: 'The id of the content: same alphabet as a program id.' };

const content = {
  type: fields.contentType,
  title: fields.title,
  description: fields.description,
  category: fields.category,
  language: fields.language,
  tags: fields.tags,
};

const documentProperties = {
  contentId,
  ...content,
  popularityScore: fields.popularityScore,
  releaseDate: fields.releaseDate,
  source: Type.Enum(['program', 'document'], {
    description:
      '`program` documents follow the catalogue, `document` ones are written by the document calls.',
    examples: ['program'],
  }),
  version: Type.Integer({ minimum: 1, description: 'Grows with each change.', examples: [3] }),
  indexedAt: dateTime('When it entered the index.'),
};

export const SearchDocument = Type.Object(documentProperties, {
  $id: 'SearchDocument',
  additionalProperties: false,
  description: 'What search finds.',
});

const optionalContent = {
  ...content,
  description: Type.Optional(content.description),
  tags: Type.Optional(content.tags),
};

const documentExample = {
  type: 'article',
  title: 'The making of Blade Runner',
  category: 'Behind the scenes',
  language: 'en',
  tags: ['interview'],
};

export const DocumentInput = Type.Object(
  { contentId: Type.Optional(contentId), ...optionalContent },
  {
    $id: 'DocumentInput',
    additionalProperties: false,
    description: 'A search document as it is written. `contentId` is that of the address, or left out.',
    examples: [documentExample],
  },
);

export const BatchDocument = Type.Object(
  { contentId, ...optionalContent },
  {
    $id: 'BatchDocument',
    additionalProperties: false,
    description: 'A search document as it is written in a batch.',
    examples: [{ contentId: 'article-7', ...documentExample }],
  },
);

const DOCUMENT_BATCH_MAX = 100;

export const DocumentBatch = Type.Object(
  {
    documents: Type.Array(ref('BatchDocument'), {
      minItems: 1,
      maxItems: DOCUMENT_BATCH_MAX,
      description: `1 to ${DOCUMENT_BATCH_MAX} documents. Each is checked and written on its own.`,
    }),
  },
  {
    $id: 'DocumentBatch',
    additionalProperties: false,
    description: 'Many search documents at once.',
    examples: [{ documents: [{ contentId: 'article-7', ...documentExample }] }],
  },
);

const outcomeOf = (values: readonly string[]) =>
  Type.Enum([...values], { description: 'What became of the document.', examples: [values[0] ?? ''] });

export const DocumentBatchResult = Type.Object(
  {
    items: Type.Array(
      Type.Union([
        Type.Object(
          { outcome: outcomeOf(['created', 'updated']), contentId, document: ref('SearchDocument') },
          { additionalProperties: false, description: 'It was written.' },
        ),
        Type.Object(
          {
            outcome: outcomeOf(['rejected']),
            contentId: Type.Unsafe<string | null>({
              type: ['string', 'null'],
              description: 'The id given, if it was one.',
              examples: ['article-7'],
            }),
            message: Type.String({
              description: 'What is wrong with it.',
              examples: ['/title: is required'],
            }),
            errors: Type.Optional(
              Type.Array(ref('Fault'), { description: 'What is wrong, field by field.' }),
            ),
          },
          { additionalProperties: false, description: 'It was not written.' },
        ),
      ]),
      { description: 'One for each document, in order.' },
    ),
  },
  { $id: 'DocumentBatchResult', additionalProperties: false, description: 'What became of each document.' },
);

export const DocumentPage = listOf('DocumentPage', ref('SearchDocument'), 'A page of search documents.');

export const documentParams = Type.Object({ contentId }, { additionalProperties: false });

const { category, language, contentType, tag } = filters;

export const documentQuery = Type.Object(
  { contentType, category, language, limit: limit(50, 500, 'documents'), cursor },
  { additionalProperties: false, minProperties: 1 },
);

const SEARCH_TEXT = { min: 1, max: 200 } as const;

const searchText = (description: string, example: string) =>
  Type.String({
    minLength: SEARCH_TEXT.min,
    maxLength: SEARCH_TEXT.max,
    pattern: `^[^${CONTROLS}]*[^${CONTROLS}\\s][^${CONTROLS}]*$`,
    description: `${description} 1 to ${SEARCH_TEXT.max} characters, not only spaces.`,
    examples: [example],
  });

export const searchQuery = Type.Object(
  {
    q: searchText(
      'What the user typed. Typos and an unfinished last word are tolerated; nothing in it is a query language.',
      'blade runer',
    ),
    contentType,
    category,
    language,
    tag,
    facets: Type.Optional(
      Type.String({
        pattern: `^(?:${FACETS.join('|')})(?:,(?:${FACETS.join('|')})){0,${FACETS.length - 1}}$`,
        description: `Fields to count the values of, with commas between: ${FACETS.join(', ')}.`,
        examples: ['category,language'],
      }),
    ),
    sort: Type.Enum([...TEXT_SORTS], {
      default: TEXT_SORTS[0],
      description: 'The order; a minus is descending. Ties go by id.',
      examples: ['relevance'],
    }),
    limit: limit(20, 100, 'documents'),
    highlight: Type.Boolean({
      default: false,
      description: 'Whether to show where the words stand.',
      examples: [true],
    }),
    cursor,
  },
  { additionalProperties: false },
);

const mark = (description: string, example: string) =>
  Type.Optional(Type.String({ description, examples: [example] }));

export const FoundDocument = Type.Object(
  {
    ...documentProperties,
    score: Type.Number({
      description: 'Relevance: higher is better, only comparable within one search.',
      examples: [0.87],
    }),
    highlights: Type.Unsafe<object | null>({
      type: ['object', 'null'],
      additionalProperties: false,
      properties: {
        title: mark(
          'The title with `<mark>` around each match; everything else is escaped HTML.',
          '<mark>Blade</mark>',
        ),
        description: mark('Likewise, from the description.', 'a <mark>blade</mark> runner'),
      },
      description: '`null` when none were asked for or none were found.',
    }),
  },
  {
    $id: 'FoundDocument',
    additionalProperties: false,
    description: 'A search document and how well it matches.',
  },
);

const facetCounts = Type.Array(
  Type.Object(
    {
      value: Type.String({ description: 'A value of the field.', examples: ['Drama'] }),
      count: wholeNumber('Matching documents with it.', 42),
    },
    { additionalProperties: false },
  ),
  { maxItems: 50, description: 'Most first.' },
);

export const SearchPage = Type.Object(
  {
    items: Type.Array(ref('FoundDocument'), { description: 'In the order asked for.' }),
    facets: Type.Object(Object.fromEntries(FACETS.map((facet) => [facet, Type.Optional(facetCounts)])), {
      additionalProperties: false,
      description: 'The facets asked for.',
    }),
    total: wholeNumber('How many documents match, on all pages.', 128),
    nextCursor: listOf('', ref('FoundDocument'), '').properties.nextCursor,
    queryId: Type.String({ description: 'Names this search, on all of its pages.', examples: ['0199b2c4'] }),
    tookMs: Type.Number({ minimum: 0, description: 'Milliseconds spent on the search.', examples: [12] }),
  },
  { $id: 'SearchPage', additionalProperties: false, description: 'A page of what a search found.' },
);

export const suggestQuery = Type.Object(
  { q: searchText('What the user typed so far.', 'bla'), limit: limit(10, 50, 'titles') },
  { additionalProperties: false },
);

export const Suggestions = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        { contentId, title: fields.title },
        { additionalProperties: false, description: 'A title.' },
      ),
      {
        description:
          'Most popular first; those that begin with the text come before those with a later word.',
      },
    ),
  },
  { $id: 'Suggestions', additionalProperties: false, description: 'Titles that continue what was typed.' },
);
