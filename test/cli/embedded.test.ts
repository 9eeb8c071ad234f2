import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { aDraft } from '../support/builders.ts';
import { runCliFromSource } from '../support/cli.ts';
import type { Folder } from '../support/folder.ts';
import { aFolder } from '../support/folder.ts';
import { startServer } from '../support/server-process.ts';

let directory: Folder;
beforeAll(async () => {
  directory = await aFolder();
});
afterAll(() => directory.remove());

const lines = Array.from(
  { length: 700 },
  () => `${JSON.stringify(aDraft({ metadata: {}, viewCount: 1, popularityScore: 2 }))}\n`,
).sort();
const all = lines.join('');

describe('commands on a data directory', () => {
  it('work through the service that runs on it, and on the database itself when none does', {
    timeout: 120_000,
  }, async () => {
    const env = { DATA_DIR: directory.path, DEMO_CATALOG: 'off' };
    const server = await startServer(env);
    const imported = await runCliFromSource(['import', '-', '--batch', '300'], { env, input: `${all}[]\n` });
    expect(imported.code).toBe(EXIT.linesRejected);
    expect(imported.stderr).toContain(
      `Imported - into ${server.url}: 700 created, 0 updated, 0 unchanged, 1 rejected`,
    );
    expect(imported.stderr).toContain('line 701: the line must be an object, was array');
    const answered = await fetch(`${server.url}/v1/programs/export`);
    expect((await answered.text()) === all).toBe(true);
    expect(await runCliFromSource(['export'], { env })).toMatchObject({ code: EXIT.ok, stdout: all });
    // A service that is started with other settings is found by its address.
    expect(await runCliFromSource(['export', '--url', server.url])).toMatchObject({
      code: EXIT.ok,
      stdout: all,
    });
    // What looks after the database works beside the service.
    expect(await runCliFromSource(['db', 'status'], { env })).toMatchObject({ code: EXIT.ok, stderr: '' });
    const migrations = await runCliFromSource(['migrate', 'status', 'programs'], { env });
    expect(migrations).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(migrations.stdout).toContain('instances     1 live, all act on this');
    const { code, stdout } = await runCliFromSource(['doctor'], { env });
    expect([code, stdout]).toEqual([EXIT.ok, expect.stringContaining('the schema is up to date')]);
    server.kill('SIGTERM');
    expect(await server.exited).toBe(0);

    const again = await runCliFromSource(['import', '-'], { env, input: all });
    expect([again.code, again.stderr]).toEqual([
      EXIT.ok,
      expect.stringContaining('0 created, 0 updated, 700 unchanged'),
    ]);
    expect(again.stderr).toContain(`the embedded database in ${directory.path}`);
    expect(await runCliFromSource(['export'], { env })).toMatchObject({ code: EXIT.ok, stdout: all });
  });
});
