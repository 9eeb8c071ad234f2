import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationTable, environmentExample } from '../../src/config/documentation.ts';
import { VARIABLES, variableNames } from '../../src/config/variables.ts';
import { ConfigError, loadConfig } from '../../src/config.ts';
import { useFolder } from '../support/folder.ts';

const { fileOf } = useFolder();

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
    expect(faults.map(({ name }) => name)).toEqual(['PORT', 'DATABASE_POOL_SIZE', 'LOG_LEVEL']);
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
    const { message } = faultsOf({ DATABASE_URL: 'mysql://root:hunter2@db/x' });
    expect(message).toContain('DATABASE_URL');
    expect(message).not.toContain('hunter2');
  });

  it('refuses to let everybody in from outside', () => {
    expect(faultsOf({ HOST: '0.0.0.0' }).message).toContain('AUTH=off would let everybody in');
    for (const HOST of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
      expect(loadConfig({ HOST }).http.host).toBe(HOST);
  });

  it('asks for the database that the chosen adapters need', () => {
    expect(faultsOf({ MEDIAMESH_MODE: 'engines' }).message).toContain('DATABASE_URL: is missing');
  });

  it('refuses search copies that do not last as long as the catalogue', () => {
    expect(faultsOf({ TEXT_SEARCH: 'memory' }).message).toContain(
      'does not go with PROGRAM_CATALOG=postgres',
    );
  });

  it('reads a secret from a file, and refuses it twice', async () => {
    const path = await fileOf('postgres://u:p@h/d\n', 'url');
    const env = { MEDIAMESH_MODE: 'engines', DATABASE_URL_FILE: path };
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
