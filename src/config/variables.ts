import type { z } from 'zod';
import type { Mode, Variable } from './variable.ts';
import { ADAPTERS } from './variables/adapters.ts';
import { COPIES } from './variables/copies.ts';
import { DYNAMODB } from './variables/dynamodb.ts';
import { MIGRATION } from './variables/migration.ts';
import { POSTGRES } from './variables/postgres.ts';
import { RATE_LIMITS } from './variables/rate-limits.ts';
import { REDIS } from './variables/redis.ts';
import { SERVICE } from './variables/service.ts';

/** Every variable, in the order of the documentation. */
export const VARIABLES = {
  ...SERVICE,
  ...ADAPTERS,
  ...RATE_LIMITS,
  ...MIGRATION,
  ...COPIES,
  ...POSTGRES,
  ...REDIS,
  ...DYNAMODB,
} as const;

export type VariableName = keyof typeof VARIABLES;

/** The checked value of each variable; those without a default may be `undefined`. */
export type Values = {
  readonly [Name in VariableName]: (typeof VARIABLES)[Name] extends HasDefault
    ? z.output<(typeof VARIABLES)[Name]['schema']>
    : z.output<(typeof VARIABLES)[Name]['schema']> | undefined;
};

/** Always has a value: a default that every mode has. */
interface HasDefault {
  readonly default: string | Readonly<Record<Mode, string>>;
}

export function variableNames(): readonly VariableName[] {
  return Object.keys(VARIABLES) as VariableName[];
}

/** The default of a variable in a mode, as text. */
export function defaultOf(name: VariableName, mode: Mode): string | undefined {
  const variable: Variable = VARIABLES[name];
  return typeof variable.default === 'object' ? variable.default[mode] : variable.default;
}
