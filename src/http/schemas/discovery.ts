import { Type } from 'typebox';
import { TREND_WINDOWS } from '../../domain/discovery/trend-score.ts';
import { VIEW_LIMITS } from '../../domain/discovery/view-input.ts';
import { RANKED_LIMIT } from '../../domain/ranked-paging.ts';
import { RECENT_VIEWS_KEPT } from '../../ports/activity-store.ts';
import { cursor, dateTime, limit, listOf, nullable, ref, text, wholeNumber } from './common.ts';
import { fields, filters, programId, programProperties } from './program.ts';

const window = Type.Enum(Object.keys(TREND_WINDOWS) as (keyof typeof TREND_WINDOWS)[], {
  default: '24h',
  description: 'The half-life of a view: it counts 1 when it happens and half of that one window later.',
  examples: ['24h'],
});

const { category, language, contentType } = filters;

export const popularQuery = Type.Object(
  { limit: limit(50, RANKED_LIMIT, 'programs'), category, language, cursor },
  { additionalProperties: false },
);

export const trendingQuery = Type.Object(
  {
    window,
    mode: Type.Enum(['volume'], {
      default: 'volume',
      description: 'What counts as trending: `volume` is the most decayed views.',
      examples: ['volume'],
    }),
    category,
    language,
    contentType,
    limit: limit(20, RANKED_LIMIT, 'programs'),
    cursor,
  },
  { additionalProperties: false },
);

export const trendingCategoriesQuery = Type.Object(
  { window, limit: limit(20, 100, 'categories') },
  { additionalProperties: false },
);

export const newestQuery = Type.Object(
  { category, language, contentType, limit: limit(20, 500, 'programs'), cursor },
  { additionalProperties: false },
);

const score = (description: string) => Type.Number({ minimum: 0, description, examples: [41.7] });

export const TrendingProgram = Type.Object(
  { ...programProperties, score: score('Decayed number of views as of the answer.') },
  {
    $id: 'TrendingProgram',
    additionalProperties: false,
    description: 'A program and how much it is viewed.',
  },
);
export const TrendingPage = listOf('TrendingPage', ref('TrendingProgram'), 'A page of trending programs.');

const whole = (id: string, properties: Parameters<typeof Type.Object>[0], description: string) =>
  Type.Object(
    {
      items: Type.Array(Type.Object(properties, { additionalProperties: false }), {
        description: 'In the order stated.',
      }),
    },
    { $id: id, additionalProperties: false, description },
  );

export const CategoryTrends = whole(
  'CategoryTrends',
  { category: fields.category, score: score('Sum of the scores of the programs of the category.') },
  'Categories by decayed views, most first.',
);

export const CategoryCounts = whole(
  'CategoryCounts',
  { category: fields.category, count: wholeNumber('Programs of the category.', 1204) },
  'Categories with their number of programs, most first.',
);

const userId = text(VIEW_LIMITS.userId.min, VIEW_LIMITS.userId.max, {
  description: 'The viewer, by an id of the platform.',
  examples: ['user-42'],
});

const seconds = (description: string) =>
  Type.Number({ minimum: 0, maximum: VIEW_LIMITS.seconds, description, examples: [1312.5] });

const viewFields = {
  userId: Type.Optional(userId),
  eventId: Type.Optional(
    text(VIEW_LIMITS.eventId.min, VIEW_LIMITS.eventId.max, {
      description: 'Names the event: a repeat within 7 days counts once.',
      examples: ['2f1c9a'],
    }),
  ),
  positionSeconds: Type.Optional(seconds('How far the viewer got.')),
  durationSeconds: Type.Optional(seconds('How long the program is.')),
  occurredAt: Type.Optional(
    Type.String({
      format: 'date-time',
      maxLength: 40,
      description: `When it happened: RFC 3339, not before ${VIEW_LIMITS.earliest} and at most ${VIEW_LIMITS.futureMs / 60_000} minutes ahead; now when left out.`,
      examples: ['2026-01-31T20:15:00Z'],
    }),
  ),
};

export const View = Type.Object(viewFields, {
  $id: 'View',
  additionalProperties: false,
  description: 'One viewing of the program of the address.',
});

export const ProgramView = Type.Object(
  { programId, ...viewFields },
  { $id: 'ProgramView', additionalProperties: false, description: 'One viewing of a program.' },
);

export const ViewBatch = Type.Object(
  {
    views: Type.Array(ref('ProgramView'), {
      minItems: 1,
      maxItems: VIEW_LIMITS.batch,
      description: `1 to ${VIEW_LIMITS.batch} views. Each is checked on its own: a wrong one is reported in \`rejected\`, the others count.`,
      examples: [[{ programId: 'blade-runner-1982', userId: 'user-42' }]],
    }),
  },
  { $id: 'ViewBatch', additionalProperties: false, description: 'Many views at once.' },
);

export const ViewOutcome = Type.Object(
  {
    outcome: Type.Enum(['counted', 'duplicate'], {
      description: '`duplicate`: a view with this `eventId` was counted before.',
      examples: ['counted'],
    }),
  },
  { $id: 'ViewOutcome', additionalProperties: false, description: 'What became of a view. It is durable.' },
);

export const ViewBatchResult = Type.Object(
  {
    accepted: wholeNumber('Views counted.', 998),
    duplicates: wholeNumber('Views that were counted before.', 1),
    rejected: Type.Array(
      Type.Object(
        {
          index: wholeNumber('Its place in the batch, from 0.', 17),
          message: Type.String({
            description: 'What is wrong with it.',
            examples: ['there is no program with the id x'],
          }),
        },
        { additionalProperties: false },
      ),
      { description: 'Views that are wrong.' },
    ),
  },
  {
    $id: 'ViewBatchResult',
    additionalProperties: false,
    description: 'What became of the views. They are durable.',
  },
);

export const RecentProgram = Type.Object(
  {
    ...programProperties,
    viewedAt: dateTime('When the viewer saw it last.'),
    positionSeconds: nullable(seconds(''), 'How far the viewer got, if known.'),
  },
  { $id: 'RecentProgram', additionalProperties: false, description: 'A program that a viewer saw.' },
);
export const RecentPage = listOf('RecentPage', ref('RecentProgram'), 'What a viewer saw, newest first.');

export const userParams = Type.Object({ userId }, { additionalProperties: false });
export const userProgramParams = Type.Object({ userId, programId }, { additionalProperties: false });
export const recentQuery = Type.Object(
  { limit: limit(20, RECENT_VIEWS_KEPT, 'programs'), cursor },
  { additionalProperties: false },
);
