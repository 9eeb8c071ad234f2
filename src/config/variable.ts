import { z } from 'zod';

/** Sets of defaults. */
export const MODES = ['embedded', 'memory', 'engines'] as const;
export type Mode = (typeof MODES)[number];

/** One environment variable: the check, the documentation and the example file are all made of this. */
export interface Variable<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** What a right value looks like, for error messages and the docs. */
  readonly expected: string;
  readonly description: string;
  readonly example: string;
  /** The default, as it would be written in the environment; by mode where modes differ. Absent: no default. */
  readonly default?: string | Readonly<Record<Mode, string | undefined>>;
  /** Values are masked in messages, and `NAME_FILE` may name a file to read it from. */
  readonly secret?: boolean;
}

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return { schema: z.enum(values), expected: `one of ${values.join(', ')}` };
}

export function wholeNumber(min: number, max: number) {
  const schema = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);
  return { schema, expected: `a whole number from ${min} to ${max}` };
}

export const text = (expected: string) => ({ schema: z.string().min(1).max(4096), expected });

/** A URL with one of the protocols, such as `redis:`. */
export function url(...protocols: readonly string[]) {
  return z.string().refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ''));
}

export const milliseconds = (min: number, max: number) => wholeNumber(min, max);

export const pattern = (schema: RegExp, expected: string) => ({ schema: z.string().regex(schema), expected });

/** Texts with commas between, each of the pattern. */
export function listOf(item: RegExp, expected: string) {
  return { schema: listSchema(z.string().regex(item)), expected };
}

/** Addresses and CIDRs with commas between. */
export function addressRanges() {
  const range = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
  return { schema: listSchema(range), expected: 'addresses or CIDRs with commas between' };
}

function listSchema(item: z.ZodType<string, string>) {
  return z
    .string()
    .max(16_384)
    .transform((given) => given.split(',').map((each) => each.trim()))
    .pipe(z.array(item));
}

/** Two whole numbers, the smaller first: `5-500`. */
export function range(min: number, max: number) {
  const schema = z
    .string()
    .regex(/^\d{1,9}-\d{1,9}$/)
    .transform((given) => {
      const [from = 0, to = 0] = given.split('-').map(Number);
      return { min: from, max: to };
    })
    .refine((given) => min <= given.min && given.min <= given.max && given.max <= max);
  return {
    schema,
    expected: `two whole numbers from ${min} to ${max}, the smaller first, such as \`5-500\``,
  };
}

/** `name=value` pairs, at most 50 (a limit of AWS). */
export function tags() {
  const schema = z
    .string()
    .transform((given) => given.split(',').map((pair) => pair.trim()))
    .refine((pairs) => pairs.length <= 50 && pairs.every((pair) => /^[^=]{1,128}=.{0,256}$/u.test(pair)))
    .transform((pairs) => Object.fromEntries(pairs.map((pair) => splitAt(pair, pair.indexOf('=')))));
  return { schema, expected: 'up to 50 pairs `name=value`, with commas between' };
}

function splitAt(pair: string, index: number): readonly [string, string] {
  return [pair.slice(0, index), pair.slice(index + 1)];
}
