import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import type { ProgramDraft } from '../../src/domain/program/program.ts';
import { aDraft, anId } from '../support/builders.ts';
import { jsonLines, runCli, startCli } from '../support/cli.ts';
import { useFolder } from '../support/folder.ts';
import { freshDatabase, useDatabase } from '../support/postgres.ts';

const database = useDatabase();
const { pathOf } = useFolder();

const envOf = (url: string) => ({ DATABASE_URL: url, DEMO_CATALOG: 'off' });
const env = () => envOf(database().url);
const asLines = (drafts: readonly ProgramDraft[]) =>
  drafts.map((draft) => `${JSON.stringify(draft)}\n`).join('');
const measured = (over: Partial<ProgramDraft> = {}) =>
  aDraft({ viewCount: 3, popularityScore: 1.5, ...over });

async function versions(): Promise<Map<string, number>> {
  const rows = await database().db.selectFrom('programs').select(['program_id', 'version']).execute();
  return new Map(rows.map((row) => [row.program_id, Number(row.version)]));
}

describe('import and export on a database', () => {
  it('bring in the good lines, report the others, and change nothing the second time', async () => {
    const drafts = Array.from({ length: 1_200 }, () => measured());
    const path = pathOf('mixed.ndjson');
    await writeFile(
      path,
      `${asLines(drafts.slice(0, 700))}{"programId":"x"}\n\n${asLines(drafts.slice(700))}`,
    );
    const first = await runCli(['import', path, '--json'], { env: env() });
    expect(jsonLines(first.stdout)).toMatchObject([
      { type: 'rejected', line: 701 },
      {
        type: 'summary',
        created: 1_200,
        updated: 0,
        unchanged: 0,
        rejected: 1,
        lastLine: 1_202,
        complete: true,
      },
    ]);
    expect(first.code).toBe(EXIT.linesRejected);
    const before = await versions();
    const second = await runCli(['import', path, '--json', '--quiet'], { env: env() });
    expect(jsonLines(second.stdout).at(-1)).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 1_200,
      rejected: 1,
    });
    expect(await versions()).toEqual(before);
  });

  it('leave nothing for the search index to catch up with', async () => {
    const title = anId('Zyzzyva');
    await runCli(['import', '-'], { env: env(), input: asLines([measured({ title })]) });
    const { count } = await database()
      .db.selectFrom('outbox')
      .select((select) => select.fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(0);
  });

  it('give back what was brought in: equal after a round trip through another database', async () => {
    const hostile = measured({
      title: '"Quotes", \\ and 🎬',
      description: 'two\nlines\tand a tab',
      metadata: { deep: { list: [1, null, 'ü', { x: 0.1 }] }, '': 'empty name' },
      tags: [],
      thumbnailUrl: null,
      releaseDate: null,
    });
    await runCli(['import', '-'], { env: env(), input: asLines([hostile]) });
    const plain = await runCli(['export'], { env: env() });
    expect([plain.code, plain.stderr]).toEqual([
      EXIT.ok,
      expect.stringMatching(/^Exported [\d,]+ programs to standard output/),
    ]);
    expect(jsonLines(plain.stdout)).toContainEqual(hostile);

    const file = pathOf('all.ndjson.gz');
    expect((await runCli(['export', file, '--quiet'], { env: env() })).code).toBe(EXIT.ok);
    expect(gunzipSync(await readFile(file)).toString()).toBe(plain.stdout);
    const other = await freshDatabase();
    try {
      expect((await runCli(['import', file], { env: envOf(other.url) })).code).toBe(EXIT.ok);
      expect((await runCli(['export', '-'], { env: envOf(other.url) })).stdout).toBe(plain.stdout);
    } finally {
      await other.close();
    }
  });

  it('keep an older file when an export breaks off', async () => {
    const file = pathOf('older.ndjson');
    await writeFile(file, 'older');
    const result = await runCli(['export', file], { env: envOf('postgres://127.0.0.1:9/none') });
    expect(result.code).toBe(EXIT.unreachable);
    expect(await readFile(file, 'utf8')).toBe('older');
  });

  it('stop on Ctrl-C with whole batches in, and go on from the line they name', {
    timeout: 90_000,
  }, async () => {
    const drafts = Array.from({ length: 4_000 }, () => measured());
    const path = pathOf('long.ndjson');
    await writeFile(path, `[]\n${asLines(drafts)}`);
    const running = startCli(['import', path, '--json', '--batch', '50'], { env: env() });
    await new Promise((resolve) => running.child.stdout?.once('data', resolve));
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.result;
    const summary = jsonLines(stdout).at(-1);
    const written = Number(summary?.created);
    expect([code, summary?.complete]).toEqual([EXIT.interrupted, false]);
    expect(written % 50).toBe(49);
    expect(written).toBeLessThan(4_000);
    expect(stderr).toContain(`with --from-line ${Number(summary?.nextLine)}`);
    const ids = new Set((await versions()).keys());
    expect(drafts.filter(({ programId }) => ids.has(programId))).toEqual(drafts.slice(0, written));

    const rest = await runCli(['import', path, '--json', '--from-line', String(summary?.nextLine)], {
      env: env(),
    });
    expect(jsonLines(rest.stdout)).toEqual([
      expect.objectContaining({ created: 4_000 - written, unchanged: 0, rejected: 0 }),
    ]);
  });
});
