import type { Variable } from '../variable.ts';
import { oneOf, wholeNumber } from '../variable.ts';

const durable = { embedded: 'postgres', memory: 'memory', engines: 'postgres' } as const;

export const ADAPTERS = {
  PROGRAM_CATALOG: {
    ...oneOf(['memory', 'postgres']),
    description:
      'The source of truth for programs. Paging state, idempotency keys and the search log live beside it.',
    default: durable,
    example: 'postgres',
  },
  HOT_PROGRAM_STORE: {
    ...oneOf(['memory', 'redis', 'dynamodb']),
    description: 'Copies of programs for the hot reads.',
    default: { embedded: 'memory', memory: 'memory', engines: 'dynamodb' },
    example: 'dynamodb',
  },
  SEARCH_INDEX: {
    ...oneOf(['memory', 'postgres', 'dynamodb']),
    description: 'The key-value index of search documents.',
    default: durable,
    example: 'dynamodb',
  },
  TEXT_SEARCH: {
    ...oneOf(['memory', 'postgres']),
    description: 'Ranked full text, facets and suggestions.',
    default: durable,
    example: 'postgres',
  },
  ACTIVITY_STORE: {
    ...oneOf(['memory', 'postgres', 'redis', 'dynamodb']),
    description: 'Views, trends and recently viewed programs.',
    default: durable,
    example: 'postgres',
  },
  COUNTER_STORE: {
    ...oneOf(['memory', 'redis', 'dynamodb', 'postgres']),
    description: 'Counters of the rate limits; `memory` counts for one instance.',
    default: { embedded: 'memory', memory: 'memory', engines: 'redis' },
    example: 'redis',
  },
  COUNTER_MAX_KEYS: {
    ...wholeNumber(1000, 50_000_000),
    description:
      'The most counters and permits kept in memory: 150 to 650 bytes each, which are not given back.',
    default: '1000000',
    example: '1000000',
  },
} as const satisfies Record<string, Variable>;
