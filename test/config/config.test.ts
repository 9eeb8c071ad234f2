import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationTable, environmentExample } from '../../src/config/documentation.ts';
import { VARIABLES, variableNames } from '../../src/config/variables.ts';
import { ConfigError, loadConfig } from '../../src/config.ts';
import { useFolder } from '../support/folder.ts';

const { fileOf } = useFolder();

const ENGINES = {
  MEDIAMESH_MODE: 'engines',
  DATABASE_URL: 'postgres://u:p@h/d',
  REDIS_URL: 'rediss://u:p@h:6379/0',
  AWS_REGION: 'eu-central-1',
} as const;

function faultsOf(env: Record<string, string>): ConfigError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was taken, but should not have been.');
}

describe('loadConfig', () => {
  it('runs embedded on loopback with a demo catalogue when nothing is given', () => {
    expect(loadConfig({})).toMatchObject({
      mode: 'embedded',
      http: { host: '127.0.0.1', port: 3000 },
      demoCatalog: true,
      database: { url: 'embedded' },
      adapters: {
        programCatalog: 'postgres',
        textSearch: 'postgres',
        activityStore: 'postgres',
        counterStore: 'memory',
      },
      warnings: [],
    });
  });

  it('needs no database in memory mode', () => {
    expect(loadConfig({ MEDIAMESH_MODE: 'memory' }).database).toBeUndefined();
  });

  it('lists every fault at once with name, value, expectation and example', () => {
    const { faults, message } = faultsOf({ PORT: 'high', LOG_LEVEL: 'loud', DATABASE_POOL_SIZE: '1e3' });
    expect(faults.map(({ name }) => name)).toEqual(['PORT', 'LOG_LEVEL', 'DATABASE_POOL_SIZE']);
    expect(message).toContain('given     "high"');
    expect(message).toContain('expected  a whole number from 0 to 65535');
    expect(message).toContain('example   PORT=3000');
  });

  it('lists what does not go together beside what is wrong by itself', () => {
    const { faults } = faultsOf({
      PORT: 'high',
      HOST: '0.0.0.0',
      TEXT_SEARCH: 'paper',
      SEARCH_INDEX: 'memory',
    });
    expect(faults.map(({ name }) => name)).toEqual(['PORT', 'TEXT_SEARCH', 'HOST', 'SEARCH_INDEX']);
  });

  it('reports a wrong mode as such', () => {
    expect(faultsOf({ MEDIAMESH_MODE: 'cloud' }).faults.map(({ name }) => name)).toEqual(['MEDIAMESH_MODE']);
  });

  it('never shows a secret', () => {
    for (const name of ['DATABASE_URL', 'DATABASE_REPLICA_URL', 'REDIS_URL']) {
      const { message } = faultsOf({ [name]: 'mysql://root:hunter2@db/x' });
      expect(message).toContain(name);
      expect(message).not.toContain('hunter2');
    }
  });

  it.each([
    'redis://',
    'redis:h',
    'redis://h/films',
    'redis://h/0/1',
    'redis://h?family=6',
    'redis://h#a',
    'redis://:canary%zz@h',
    'http://h',
  ])('refuses a URL of Redis that could not be used: %s', (REDIS_URL) => {
    const { faults, message } = faultsOf({ REDIS_URL });
    expect(faults.map(({ name }) => name)).toEqual(['REDIS_URL']);
    expect(message).not.toContain('canary');
  });

  it.each(['redis://h', 'rediss://h:1/', 'redis://u:p%25@[::1]:6380/15'])('takes %s', (REDIS_URL) => {
    expect(loadConfig({ MEDIAMESH_MODE: 'memory', COUNTER_STORE: 'redis', REDIS_URL }).redis?.url).toBe(
      REDIS_URL,
    );
  });

  it('refuses a database of Redis with a cluster, which has none', () => {
    const { message } = faultsOf({ REDIS_URL: 'redis://:canary@h/1', REDIS_CLUSTER: 'on' });
    expect(message).toContain('REDIS_URL: names database 1, and a cluster has database 0 alone');
    expect(message).not.toContain('canary');
    const ok = { MEDIAMESH_MODE: 'memory', COUNTER_STORE: 'redis', REDIS_CLUSTER: 'on' };
    expect(loadConfig({ ...ok, REDIS_URL: 'redis://h/0' }).redis?.cluster).toBe(true);
  });

  it('refuses to let everybody in from outside', () => {
    expect(faultsOf({ HOST: '0.0.0.0' }).message).toContain('AUTH=off would let everybody in');
    for (const HOST of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
      expect(loadConfig({ HOST }).http.host).toBe(HOST);
  });

  it('lets a proxy decide who may call', () => {
    expect(loadConfig({ HOST: '0.0.0.0', AUTH: 'proxy' }).http.host).toBe('0.0.0.0');
  });

  it('asks for every engine that the chosen adapters need, and says which', () => {
    const { faults } = faultsOf({ MEDIAMESH_MODE: 'engines' });
    expect(faults.map(({ name, problem }) => [name, problem])).toEqual([
      ['DATABASE_URL', 'is missing, and PROGRAM_CATALOG, SEARCH_INDEX, TEXT_SEARCH, ACTIVITY_STORE need it'],
      ['REDIS_URL', 'is missing, and COUNTER_STORE needs it'],
      ['AWS_REGION', 'is missing, and HOT_PROGRAM_STORE needs it'],
    ]);
    expect(faultsOf({ ACTIVITY_STORE: 'redis' }).message).toContain('REDIS_URL: is missing');
  });

  it('has the engines that the adapters use, and their defaults', () => {
    const none = loadConfig({ MEDIAMESH_MODE: 'memory' });
    expect([none.redis, none.dynamodb]).toEqual([undefined, undefined]);
    const { adapters, redis, dynamodb } = loadConfig(ENGINES);
    expect(adapters).toEqual({
      programCatalog: 'postgres',
      hotProgramStore: 'dynamodb',
      searchIndex: 'postgres',
      textSearch: 'postgres',
      activityStore: 'postgres',
      counterStore: 'redis',
    });
    expect(redis).toMatchObject({ url: ENGINES.REDIS_URL, cluster: false, keyPrefix: 'mediamesh:' });
    expect(dynamodb).toMatchObject({
      region: 'eu-central-1',
      endpoint: undefined,
      tables: { discovery: 'mediamesh-discovery-hot-data', rateLimits: 'mediamesh-rate-limits' },
      provisioning: { billingMode: 'PAY_PER_REQUEST', deletionProtection: true },
    });
  });

  it('takes the endpoint of DynamoDB before that of all services, and warns where it has no TLS', () => {
    const env = { ...ENGINES, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    expect(loadConfig(env).dynamodb?.endpoint).toBe('http://127.0.0.1:1');
    const other = { ...env, AWS_ENDPOINT_URL_DYNAMODB: 'http://dynamodb:8000' };
    expect(loadConfig(other).dynamodb?.endpoint).toBe('http://dynamodb:8000');
    expect(loadConfig(env).warnings).toEqual([]);
    expect(loadConfig(other).warnings).toEqual([
      'the endpoint of DynamoDB (dynamodb) is reached without TLS: requests could be read on the way',
    ]);
  });

  it('has the first phase of each data set: off, or what is given for both or for one', () => {
    const firstPhase = (env: Record<string, string>) => loadConfig(env).migration.firstPhase;
    expect(firstPhase({})).toEqual({ programs: 'off', search: 'off' });
    const both = { MIGRATION_PHASE: 'dual-write' };
    expect(firstPhase(both)).toEqual({ programs: 'dual-write', search: 'dual-write' });
    expect(firstPhase({ ...both, MIGRATION_PHASE_SEARCH: 'off' })).toEqual({
      programs: 'dual-write',
      search: 'off',
    });
    expect(firstPhase({ ...both, MIGRATION_PHASE_PROGRAMS: 'primary' })).toEqual({
      programs: 'primary',
      search: 'dual-write',
    });
    expect(firstPhase({ MIGRATION_PHASE_SEARCH: 'read-fallback' })).toEqual({
      programs: 'off',
      search: 'read-fallback',
    });
    expect(faultsOf({ MIGRATION_PHASE: 'on', MIGRATION_PHASE_SEARCH: 'Primary' }).faults).toMatchObject([
      { name: 'MIGRATION_PHASE', expected: 'one of off, dual-write, read-fallback, primary' },
      { name: 'MIGRATION_PHASE_SEARCH' },
    ]);
    expect(loadConfig({ MIGRATION_PHASES: 'off' }).warnings).toEqual([
      'MIGRATION_PHASES is not a variable of MediaMesh; did you mean MIGRATION_PHASE?',
    ]);
  });

  it('reads ranges and tags', () => {
    const env = {
      ...ENGINES,
      DYNAMODB_PROVISIONED_READ_UNITS: '10-200',
      DYNAMODB_TAGS: 'team=discovery, note=a=b',
    };
    expect(loadConfig(env).dynamodb?.provisioning).toMatchObject({
      readUnits: { min: 10, max: 200 },
      tags: { team: 'discovery', note: 'a=b' },
    });
    const wrong = { ...ENGINES, DYNAMODB_PROVISIONED_READ_UNITS: '200-10', DYNAMODB_TAGS: 'team' };
    expect(faultsOf(wrong).faults.map(({ name }) => name)).toEqual([
      'DYNAMODB_PROVISIONED_READ_UNITS',
      'DYNAMODB_TAGS',
    ]);
  });

  it('refuses one table for two purposes', () => {
    const env = { ...ENGINES, DYNAMODB_SEARCH_TABLE: 'one', DYNAMODB_ACTIVITY_TABLE: 'one' };
    expect(faultsOf(env).message).toContain('is the table of DYNAMODB_SEARCH_TABLE as well');
  });

  it('takes a search index of its own beside a catalogue in Postgres', () => {
    expect(loadConfig({ SEARCH_INDEX: 'dynamodb', AWS_REGION: 'eu-central-1' }).adapters.searchIndex).toBe(
      'dynamodb',
    );
    const memory = { MEDIAMESH_MODE: 'memory', SEARCH_INDEX: 'dynamodb', AWS_REGION: 'eu-central-1' };
    expect(faultsOf(memory).message).toContain('does not go with PROGRAM_CATALOG=memory');
  });

  it('refuses search copies that do not last as long as the catalogue', () => {
    expect(faultsOf({ TEXT_SEARCH: 'memory' }).message).toContain(
      'does not go with PROGRAM_CATALOG=postgres',
    );
  });

  it('reads a secret from a file, and refuses it twice', async () => {
    const path = await fileOf('postgres://u:p@h/d\n', 'url');
    const env = { DATABASE_URL_FILE: path };
    expect(loadConfig(env).database?.url).toBe('postgres://u:p@h/d');
    expect(faultsOf({ ...env, DATABASE_URL: 'embedded' }).message).toContain('both given');
    expect(faultsOf({ ...env, DATABASE_URL_FILE: '/nowhere/url' }).message).toContain('can not be read');
  });

  it('takes an empty variable as not given', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ http: { port: 3000 } });
  });

  it('warns of variables that look misspelt, and of no others', () => {
    const { warnings } = loadConfig({ MEDIAMESH_MOD: 'memory', PATH: '/bin', DATABASE_URL_FILE: '' });
    expect(warnings).toEqual(['MEDIAMESH_MOD is not a variable of MediaMesh; did you mean MEDIAMESH_MODE?']);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });
});

describe('the documentation of the configuration', () => {
  it('names every variable in both texts', () => {
    for (const name of variableNames()) {
      expect(configurationTable()).toContain(`\`${name}\``);
      expect(environmentExample()).toContain(`\n# ${name}=`);
    }
  });

  it('gives examples that are taken', () => {
    for (const name of variableNames()) {
      expect(VARIABLES[name].schema.safeParse(VARIABLES[name].example).success, name).toBe(true);
    }
  });

  it('is what the files in the repository say', () => {
    expect(readFileSync('docs/configuration.md', 'utf8')).toContain(configurationTable());
    expect(readFileSync('.env.example', 'utf8')).toBe(environmentExample());
  });
});
