import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigFault } from './config/faults.ts';
import { crossFaults, strangers, valueFault } from './config/faults.ts';
import type { Mode, Values, Variable, VariableName } from './config/variables.ts';
import { defaultOf, MODES, VARIABLES, variableNames } from './config/variables.ts';

/** The configuration of the process: checked, complete and frozen. */
export interface Config {
  readonly mode: Mode;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly handlerTimeoutMs: number;
    readonly shutdownGraceMs: number;
    readonly responseCacheBytes: number;
  };
  /** Absolute. */
  readonly dataDir: string;
  readonly demoCatalog: boolean;
  /** `url` is `embedded` or a connection string; no database at all when nothing needs one. */
  readonly database: DatabaseConfig | undefined;
  readonly adapters: {
    readonly programCatalog: Durability;
    readonly searchIndex: Durability;
    readonly textSearch: Durability;
    readonly activityStore: Durability;
    readonly counterStore: 'memory';
  };
  readonly counterMaxKeys: number;
  readonly viewRollUpMs: number;
  readonly logLevel: Values['LOG_LEVEL'];
  /** Things that are not wrong but probably not meant. */
  readonly warnings: readonly string[];
}

type Durability = 'memory' | 'postgres';

export interface DatabaseConfig {
  readonly url: string;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration can not be used; the message lists every fault, secrets masked. */
export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(['The configuration can not be used:', ...faults.map(describe)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Reads the configuration. @throws {ConfigError} with everything that is wrong, all at once. */
export function loadConfig(env: Environment = process.env): Config {
  const faults: ConfigFault[] = [];
  const mode = modeOf(env);
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const name of variableNames()) values[name] = read(name, mode, env, faults);
  const wrong = faults.map(({ name }) => name);
  faults.push(...crossFaults(values as Values, wrong));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(toConfig(values as Values, strangers(env)));
}

// A wrong mode is reported with the other variables; their defaults must come from somewhere meanwhile.
function modeOf(env: Environment): Mode {
  return MODES.find((mode) => mode === (env.MEDIAMESH_MODE || 'embedded')) ?? 'memory';
}

function read(name: VariableName, mode: Mode, env: Environment, faults: ConfigFault[]): unknown {
  try {
    // An empty variable counts as not given: that is how compose files and shells clear one.
    const given = secretFromFile(name, env) ?? (env[name] || undefined) ?? defaultOf(name, mode);
    if (given === undefined) return undefined;
    const parsed = VARIABLES[name].schema.safeParse(given);
    if (parsed.success) return parsed.data;
    faults.push(valueFault(name, given));
  } catch (error) {
    faults.push({ ...valueFault(name, env[`${name}_FILE`] ?? ''), problem: (error as Error).message });
  }
  return undefined;
}

function secretFromFile(name: VariableName, env: Environment): string | undefined {
  const variable: Variable = VARIABLES[name];
  const path = variable.secret ? env[`${name}_FILE`] : undefined;
  if (!path) return undefined;
  if (env[name]) throw new Error(`${name} and ${name}_FILE are both given: keep one`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new Error(`${name}_FILE names a file that can not be read`, { cause });
  }
}

function toConfig(values: Values, warnings: readonly string[]): Config {
  const needsDatabase = [
    values.PROGRAM_CATALOG,
    values.SEARCH_INDEX,
    values.TEXT_SEARCH,
    values.ACTIVITY_STORE,
  ];
  return {
    mode: values.MEDIAMESH_MODE,
    http: {
      host: values.HOST,
      port: values.PORT,
      handlerTimeoutMs: values.HANDLER_TIMEOUT_MS,
      shutdownGraceMs: values.SHUTDOWN_GRACE_MS,
      responseCacheBytes: values.RESPONSE_CACHE_BYTES,
    },
    dataDir: resolve(values.DATA_DIR),
    demoCatalog: values.DEMO_CATALOG === 'on',
    database: needsDatabase.includes('postgres') ? toDatabase(values) : undefined,
    adapters: {
      programCatalog: values.PROGRAM_CATALOG,
      searchIndex: values.SEARCH_INDEX,
      textSearch: values.TEXT_SEARCH,
      activityStore: values.ACTIVITY_STORE,
      counterStore: values.COUNTER_STORE,
    },
    counterMaxKeys: values.COUNTER_MAX_KEYS,
    viewRollUpMs: values.VIEW_ROLL_UP_SECONDS * 1000,
    logLevel: values.LOG_LEVEL,
    warnings,
  };
}

function toDatabase(values: Values): DatabaseConfig {
  return {
    url: values.DATABASE_URL ?? 'embedded',
    poolSize: values.DATABASE_POOL_SIZE,
    connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
  };
}

function describe({ name, given, expected, example, problem }: ConfigFault): string {
  const lines = [
    `  ${name}: ${problem ?? 'is not right'}`,
    `    given     ${given}`,
    `    expected  ${expected}`,
    `    example   ${name}=${example}`,
  ];
  return lines.join('\n');
}
