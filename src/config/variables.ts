import { z } from 'zod';

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

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return { schema: z.enum(values), expected: `one of ${values.join(', ')}` };
}

function wholeNumber(min: number, max: number) {
  const schema = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);
  return { schema, expected: `a whole number from ${min} to ${max}` };
}

const text = (expected: string) => ({ schema: z.string().min(1).max(4096), expected });

const databaseUrl = z
  .string()
  .refine((value) => value === 'embedded' || /^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? ''));

const durable = { embedded: 'postgres', memory: 'memory', engines: 'postgres' } as const;

export const VARIABLES = {
  MEDIAMESH_MODE: {
    ...oneOf(MODES),
    description:
      'A set of defaults that single variables override. `embedded`: our own Postgres under `DATA_DIR`; `memory`: nothing is kept; `engines`: servers named by the environment.',
    default: 'embedded',
    example: 'embedded',
  },
  HOST: {
    ...text('an address of this machine'),
    description: 'The address to listen on. Anything but loopback needs authentication.',
    default: '127.0.0.1',
    example: '127.0.0.1',
  },
  PORT: {
    ...wholeNumber(0, 65_535),
    description: 'The port to listen on; 0 takes a free one.',
    default: '3000',
    example: '3000',
  },
  AUTH: {
    ...oneOf(['off']),
    description:
      'Who may call. `off` (everybody who reaches the port) is all there is so far, and is refused on any address but loopback.',
    default: 'off',
    example: 'off',
  },
  DATA_DIR: {
    ...text('a directory'),
    description: 'Where the embedded database keeps its files. Made when missing, for its owner alone.',
    default: './data',
    example: './data',
  },
  DEMO_CATALOG: {
    ...oneOf(['on', 'off']),
    description: 'Load a catalogue of 3,200 real films on the first start with an empty catalogue.',
    default: { embedded: 'on', memory: 'on', engines: 'off' },
    example: 'off',
  },
  DATABASE_URL: {
    schema: databaseUrl,
    expected: '`embedded` or a postgres:// URL',
    description: 'The Postgres server; `embedded` runs our own under `DATA_DIR`.',
    default: { embedded: 'embedded', memory: undefined, engines: undefined },
    example: 'postgres://mediamesh:secret@db.internal:5432/mediamesh',
    secret: true,
  },
  DATABASE_POOL_SIZE: {
    ...wholeNumber(2, 200),
    description: 'Connections of one instance to Postgres.',
    default: '10',
    example: '10',
  },
  DATABASE_CONNECT_TIMEOUT_MS: {
    ...wholeNumber(50, 60_000),
    description: 'How long a connection, or the wait for a free one, may take. Milliseconds.',
    default: '2000',
    example: '2000',
  },
  DATABASE_STATEMENT_TIMEOUT_MS: {
    ...wholeNumber(50, 600_000),
    description: 'How long a statement may take. Milliseconds.',
    default: '5000',
    example: '5000',
  },
  PROGRAM_CATALOG: {
    ...oneOf(['memory', 'postgres']),
    description:
      'The source of truth for programs. Paging state, idempotency keys and the search log live beside it.',
    default: durable,
    example: 'postgres',
  },
  SEARCH_INDEX: {
    ...oneOf(['memory', 'postgres']),
    description: 'The key-value index of search documents.',
    default: durable,
    example: 'postgres',
  },
  TEXT_SEARCH: {
    ...oneOf(['memory', 'postgres']),
    description: 'Ranked full text, facets and suggestions.',
    default: durable,
    example: 'postgres',
  },
  ACTIVITY_STORE: {
    ...oneOf(['memory', 'postgres']),
    description: 'Views, trends and recently viewed programs.',
    default: durable,
    example: 'postgres',
  },
  COUNTER_STORE: {
    ...oneOf(['memory']),
    description: 'Counters of the rate limits; `memory` counts for one instance.',
    default: 'memory',
    example: 'memory',
  },
  COUNTER_MAX_KEYS: {
    ...wholeNumber(1000, 50_000_000),
    description: 'The most keys that the memory counters keep.',
    default: '1000000',
    example: '1000000',
  },
  RESPONSE_CACHE_BYTES: {
    ...wholeNumber(0, 8_000_000_000),
    description: 'The most bytes of answers kept ready to send; 0 keeps none.',
    default: '67108864',
    example: '67108864',
  },
  VIEW_ROLL_UP_SECONDS: {
    ...wholeNumber(1, 86_400),
    description:
      "How often counted views are added to the programs' `viewCount`, each time as a new version. Seconds.",
    default: '30',
    example: '30',
  },
  HANDLER_TIMEOUT_MS: {
    ...wholeNumber(100, 600_000),
    description:
      'How long an answer may take before it is a 503; import and export have no such bound. Milliseconds.',
    default: '10000',
    example: '10000',
  },
  SHUTDOWN_GRACE_MS: {
    ...wholeNumber(0, 600_000),
    description: 'How long requests in flight may go on after SIGTERM. Milliseconds.',
    default: '10000',
    example: '10000',
  },
  LOG_LEVEL: {
    ...oneOf(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']),
    description: 'The least severe log lines that are written (JSON, to standard error).',
    default: 'info',
    example: 'info',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

/** The checked value of each variable; those without a default may be `undefined`. */
export type Values = {
  readonly [Name in VariableName]: Name extends 'DATABASE_URL'
    ? string | undefined
    : z.output<(typeof VARIABLES)[Name]['schema']>;
};

export function variableNames(): readonly VariableName[] {
  return Object.keys(VARIABLES) as VariableName[];
}

/** The default of a variable in a mode, as text. */
export function defaultOf(name: VariableName, mode: Mode): string | undefined {
  const variable: Variable = VARIABLES[name];
  return typeof variable.default === 'object' ? variable.default[mode] : variable.default;
}
