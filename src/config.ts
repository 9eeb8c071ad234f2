import { readFileSync } from 'node:fs';
import type { ConfigFault } from './config/faults.ts';
import { crossFaults, doubts, strangers, valueFault } from './config/faults.ts';
import type { Config } from './config/shape.ts';
import { toConfig } from './config/shape.ts';
import type { Mode, Variable } from './config/variable.ts';
import { MODES } from './config/variable.ts';
import type { Values, VariableName } from './config/variables.ts';
import { defaultOf, VARIABLES, variableNames } from './config/variables.ts';

export type { Config, DatabaseConfig, DynamodbConfig, RedisConfig } from './config/shape.ts';

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
  const warnings = [...strangers(env), ...doubts(values as Values)];
  return Object.freeze(toConfig(values as Values, warnings));
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

function describe({ name, given, expected, example, problem }: ConfigFault): string {
  const lines = [
    `  ${name}: ${problem ?? 'is not right'}`,
    `    given     ${given}`,
    `    expected  ${expected}`,
    `    example   ${name}=${example}`,
  ];
  return lines.join('\n');
}
