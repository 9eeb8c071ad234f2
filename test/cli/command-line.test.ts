import { describe, expect, it } from 'vitest';
import { EXIT, EXIT_MEANINGS } from '../../src/cli/exit-codes.ts';
import { programLines as lines, runCliFromSource } from '../support/cli.ts';
import { useFolder } from '../support/folder.ts';

const { fileOf } = useFolder();

describe('the command line', () => {
  it('explains itself, its commands and every exit code on stdout', async () => {
    const { code, stdout, stderr } = await runCliFromSource(['--help']);
    expect([code, stderr]).toEqual([EXIT.ok, '']);
    const commands = [
      'serve',
      'import',
      'export',
      'config',
      'openapi',
      'db',
      'tables',
      'doctor',
      'migrate',
      'relay',
      'limits',
    ];
    for (const command of commands) expect(stdout).toContain(`  ${command}`);
    for (const [exitCode, meaning] of Object.entries(EXIT_MEANINGS)) {
      expect(stdout).toMatch(new RegExp(`^ +${exitCode}  ${meaning.slice(0, 20)}`, 'm'));
    }
    expect((await runCliFromSource(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['improt'], /unknown command 'improt'\n\(Did you mean import\?\)/],
    [['import', 'x', '--jsn'], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    [['import'], /missing required argument 'file'/],
    [['import', 'a', 'b'], /too many arguments/],
    [['import', 'x', '--batch', '0'], /It must be a whole number from 1 to 1000\./],
    [['import', 'x', '--batch', '1e3'], /It must be a whole number from 1 to 1000\./],
    [['import', 'x', '--from-line', '-1'], /It must be a whole number from 1\./],
    [['export', '--url', 'nonsense'], /--url must be an http or https address/],
    [['import', 'x', '--map', '/nowhere/map.json'], /the map file can not be read: .*\/nowhere\/map\.json/],
  ])('refuses wrong usage %j', async (args, message) => {
    const { code, stdout, stderr } = await runCliFromSource(args);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([EXIT.usage, '']);
  });

  it('lists every fault of a map', async () => {
    const map = await fileOf('{"fields":{"programId":"id","rating":"r"}}', 'map.json');
    const { code, stderr } = await runCliFromSource(['import', '-', '--map', map, '--dry-run']);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('  /fields/rating is not known here: use programId');
    expect(stderr).toContain('  /fields/title needs a rule: every program has it');
  });

  it('prints, checks and documents the configuration', async () => {
    const env = {
      DATABASE_URL: 'postgres://me:hunter2@db.example/films?password=hunter2',
      DATABASE_REPLICA_URL: 'postgres://me:hunter2@replica.example/films',
      REDIS_URL: 'redis://:hunter2@redis.example',
      AWS_REGION: 'eu-central-1',
      MEDIAMESH_MODE: 'engines',
    };
    const printed = await runCliFromSource(['config', 'print'], { env });
    expect(JSON.parse(printed.stdout)).toMatchObject({ mode: 'engines', http: { port: 3000 } });
    expect(printed.stdout + printed.stderr).not.toContain('hunter2');
    expect((await runCliFromSource(['config', 'check'], { env })).stderr).toBe(
      'The configuration is right: mode engines.\n',
    );
    expect((await runCliFromSource(['config', 'docs'])).stdout).toContain('| `DATA_DIR` |');
    expect((await runCliFromSource(['config', 'docs', '--env'])).stdout).toContain('# DATA_DIR=');
  });

  it('ends with 3 and every fault when the configuration is wrong', async () => {
    const env = { PORT: 'http', DATA_DIR: '', LOG_LEVEL: 'loud' };
    for (const args of [['config', 'check'], ['config', 'print'], ['export'], ['import', '-'], ['serve']]) {
      const { code, stdout, stderr } = await runCliFromSource(args, { env });
      expect([code, stdout]).toEqual([EXIT.configuration, '']);
      expect(stderr).toMatch(/PORT(.|\n)*LOG_LEVEL/);
    }
  });

  it('has nothing to work on where a service keeps the catalogue in memory', async () => {
    const { code, stderr } = await runCliFromSource(['import', '-'], { env: { MEDIAMESH_MODE: 'memory' } });
    expect([code, stderr]).toEqual([
      EXIT.usage,
      expect.stringContaining('Name a running service with --url'),
    ]);
  });

  it('ends with 4 where nothing can be reached', async () => {
    const input = lines(1);
    const service = await runCliFromSource(['import', '-', '--url', 'http://127.0.0.1:9'], { input });
    expect([service.code, service.stderr]).toEqual([
      EXIT.unreachable,
      expect.stringContaining('can not be reached'),
    ]);
    const env = { DATABASE_URL: 'postgres://127.0.0.1:9/films' };
    const database = await runCliFromSource(['import', '-'], { input, env });
    expect([database.code, database.stderr]).toEqual([
      EXIT.unreachable,
      expect.stringMatching(/127\.0\.0\.1:9: nothing answers/),
    ]);
  });
});
