import { z } from 'zod';
import type { Variable } from '../variable.ts';
import { oneOf, url, wholeNumber } from '../variable.ts';

const databaseUrl = z
  .string()
  .refine((value) => value === 'embedded' || /^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? ''));

export const POSTGRES = {
  DATABASE_URL: {
    schema: databaseUrl,
    expected: '`embedded` or a postgres:// URL',
    description: 'The Postgres server; `embedded` runs our own under `DATA_DIR`.',
    default: { embedded: 'embedded', memory: undefined, engines: undefined },
    example: 'postgres://mediamesh:secret@db.internal:5432/mediamesh',
    secret: true,
  },
  DATABASE_REPLICA_URL: {
    schema: url('postgres:', 'postgresql:'),
    expected: 'a postgres:// URL',
    description:
      'A read replica for catalogue queries and lists; reads by id and all writes stay with `DATABASE_URL`. While the replica can not be reached, that one answers.',
    example: 'postgres://mediamesh:secret@replica.internal:5432/mediamesh',
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
  DATABASE_PREPARED_STATEMENTS: {
    ...oneOf(['on', 'off']),
    description:
      'Whether connections keep the plans of frequent statements. Behind a pooler that gives each transaction another connection and can not follow them (PgBouncer before 1.21): `off`.',
    default: 'on',
    example: 'on',
  },
  DATABASE_STATEMENT_TIMEOUT_MS: {
    ...wholeNumber(50, 600_000),
    description: 'How long a statement may take. Milliseconds.',
    default: '5000',
    example: '5000',
  },
} as const satisfies Record<string, Variable>;
