import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import { MAX_CURSOR_LENGTH } from '../cursors.ts';

/** A schema that other schemas name: `#/components/schemas/<id>` in the OpenAPI document. */
export function ref(id: string): TSchema {
  return Type.Unsafe<unknown>({ $ref: `${id}#` });
}

/** Control characters, as a part of a character class that every dialect of regular expressions reads alike. */
export const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';

/** Text without control characters, as the domain's own rule has it. */
export function text(min: number, max: number, options: { description: string; examples: string[] }) {
  return Type.String({ minLength: min, maxLength: max, pattern: `^[^${CONTROLS}]*$`, ...options });
}

/** A whole number with its default; over the maximum is refused, never cut down. */
export function limit(defaultValue: number, max: number, noun = 'items') {
  return Type.Integer({
    minimum: 1,
    maximum: max,
    default: defaultValue,
    description: `How many ${noun}: 1 to ${max}, ${defaultValue} when left out. More is refused.`,
    examples: [Math.min(defaultValue, 10)],
  });
}

export const cursor = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: MAX_CURSOR_LENGTH,
    pattern: '^[A-Za-z0-9_-]+$',
    description:
      'The `nextCursor` of the page before, for the same filters and sort. Opaque: one that was changed, or belongs to another list, is refused.',
    examples: ['kRZ0y7QmV1dYH3n0WzQ3LCJtb3ZpZS0xIl0'],
  }),
);

const nextCursor = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  description: 'Give it as `cursor` to get the next page; `null` at the end.',
  examples: [null],
});

export function nullable(schema: TSchema & { type?: string }, description: string) {
  return Type.Unsafe<unknown>({ ...schema, type: [schema.type, 'null'], description });
}

export function listOf(id: string, item: TSchema, description: string) {
  return Type.Object(
    { items: Type.Array(item, { description: 'In the order asked for.' }), nextCursor },
    { $id: id, additionalProperties: false, description },
  );
}

export const dateTime = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2026-01-31T20:15:00.000Z'] });

export const wholeNumber = (description: string, example: number) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description, examples: [example] });

export const TAGS = {
  programs: 'Programs',
  discovery: 'Discovery',
  views: 'Views',
  search: 'Search',
  rateLimits: 'Rate limits',
  migration: 'Migration',
  operations: 'Operations',
} as const;
