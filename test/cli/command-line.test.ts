import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT, EXIT_MEANINGS } from '../../src/cli/exit-codes.ts';
import { aDraft } from '../support/builders.ts';
import { run, runCli, startCli } from '../support/cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediamesh-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(content: string | Uint8Array, name = 'programs.ndjson'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const lines = (count: number) =>
  Array.from({ length: count }, () => `${JSON.stringify(aDraft())}\n`).join('');
const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the command line', () => {
  it('explains itself, its commands and every exit code on stdout', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect([code, stderr]).toEqual([EXIT.ok, '']);
    for (const command of ['serve', 'import', 'export', 'config', 'openapi'])
      expect(stdout).toContain(`  ${command}`);
    for (const [exitCode, meaning] of Object.entries(EXIT_MEANINGS)) {
      expect(stdout).toMatch(new RegExp(`^ +${exitCode}  ${meaning.slice(0, 20)}`, 'm'));
    }
    expect((await runCli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
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
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([EXIT.usage, '']);
  });

  it('lists every fault of a map', async () => {
    const map = await fileOf('{"fields":{"programId":"id","rating":"r"}}', 'map.json');
    const { code, stderr } = await runCli(['import', '-', '--map', map, '--dry-run']);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('  /fields/rating is not known here: use programId');
    expect(stderr).toContain('  /fields/title needs a rule: every program has it');
  });

  it('prints, checks and documents the configuration', async () => {
    const env = {
      DATABASE_URL: 'postgres://me:hunter2@db.example/films?password=hunter2',
      MEDIAMESH_MODE: 'engines',
    };
    const printed = await runCli(['config', 'print'], { env });
    expect(JSON.parse(printed.stdout)).toMatchObject({ mode: 'engines', http: { port: 3000 } });
    expect(printed.stdout + printed.stderr).not.toContain('hunter2');
    expect((await runCli(['config', 'check'], { env })).stderr).toBe(
      'The configuration is right: mode engines.\n',
    );
    expect((await runCli(['config', 'docs'])).stdout).toContain('| `DATA_DIR` |');
    expect((await runCli(['config', 'docs', '--env'])).stdout).toContain('# DATA_DIR=');
  });

  it('ends with 3 and every fault when the configuration is wrong', async () => {
    const env = { PORT: 'http', DATA_DIR: '', LOG_LEVEL: 'loud' };
    for (const args of [['config', 'check'], ['config', 'print'], ['export'], ['import', '-'], ['serve']]) {
      const { code, stdout, stderr } = await runCli(args, { env });
      expect([code, stdout]).toEqual([EXIT.configuration, '']);
      expect(stderr).toMatch(/PORT(.|\n)*LOG_LEVEL/);
    }
  });

  it('has nothing to work on where a service keeps the catalogue in memory', async () => {
    const { code, stderr } = await runCli(['import', '-'], { env: { MEDIAMESH_MODE: 'memory' } });
    expect([code, stderr]).toEqual([
      EXIT.usage,
      expect.stringContaining('Name a running service with --url'),
    ]);
  });

  it('ends with 4 where nothing can be reached', async () => {
    const input = lines(1);
    const service = await runCli(['import', '-', '--url', 'http://127.0.0.1:9'], { input });
    expect([service.code, service.stderr]).toEqual([
      EXIT.unreachable,
      expect.stringContaining('can not be reached'),
    ]);
    const env = { MEDIAMESH_MODE: 'engines', DATABASE_URL: 'postgres://127.0.0.1:9/films' };
    const database = await runCli(['import', '-'], { input, env });
    expect([database.code, database.stderr]).toEqual([
      EXIT.unreachable,
      expect.stringMatching(/127\.0\.0\.1:9: nothing answers/),
    ]);
  });
});

describe('import --dry-run', () => {
  it('reads standard input and says what it found on stderr', async () => {
    const { code, stdout, stderr } = await runCli(['import', '-', '--dry-run'], { input: lines(3) });
    expect([code, stdout]).toEqual([EXIT.ok, '']);
    expect(stderr).toMatch(/^Checked -: 3 good, 0 rejected in [\d.]+ s \([\d,]+ lines\/s\)\.\n$/);
    expect((await runCli(['import', '-', '--dry-run', '--quiet'], { input: lines(1) })).stderr).toBe('');
  });

  it('lists the first rejected lines, counts the others, writes all to a file, and ends with 6', async () => {
    const input = `${lines(1)}${'{"title":1}\n'.repeat(30)}nonsense\n`;
    const path = await fileOf(gzipSync(input));
    const errors = join(folder, 'errors.ndjson');
    const { code, stdout, stderr } = await runCli(['import', path, '--dry-run', '--errors', errors]);
    expect([code, stdout]).toEqual([EXIT.linesRejected, '']);
    expect(stderr.match(/^line \d+: /gm)).toHaveLength(20);
    expect(stderr).toContain('line 2: programId is required; contentType is required');
    expect(stderr).toContain(`... and 11 more rejected; all of them are in ${errors}.`);
    expect(stderr).toContain('1 good, 31 rejected');
    const written = jsonLines(await readFile(errors, 'utf8'));
    expect(written).toHaveLength(31);
    expect(written.at(-1)).toEqual({ line: 32, message: expect.stringMatching(/^is not valid JSON/) });
  });

  it('gives machines rejected lines and a summary on stdout', async () => {
    const { code, stdout } = await runCli(['import', '-', '--dry-run', '--json'], {
      input: `${lines(2)}[]\n`,
    });
    expect(code).toBe(EXIT.linesRejected);
    expect(jsonLines(stdout)).toEqual([
      { type: 'rejected', line: 3, message: 'the line must be an object, was array' },
      expect.objectContaining({
        type: 'summary',
        file: '-',
        complete: true,
        unchanged: 2,
        rejected: 1,
        nextLine: 4,
      }),
    ]);
  });

  it('goes on from a line, and numbers lines as they are in the file', async () => {
    const args = ['import', '-', '--dry-run', '--json', '--batch', '2', '--from-line', '4'];
    const { stdout } = await runCli(args, { input: `x\n${lines(2)}y\n${lines(1)}` });
    expect(jsonLines(stdout)).toMatchObject([{ line: 4 }, { unchanged: 1, rejected: 1, lastLine: 5 }]);
  });

  it('says how far broken gzip got and how to go on', async () => {
    const packed = gzipSync(lines(20_000));
    const path = await fileOf(packed.subarray(0, packed.length / 2), 'cut.gz');
    const { code, stderr, stdout } = await runCli(['import', path, '--dry-run', '--json']);
    expect(code).toBe(EXIT.error);
    const [summary] = jsonLines(stdout);
    expect(summary).toMatchObject({
      complete: false,
      error: expect.stringMatching(/^the gzip of .*cut\.gz ends in the middle/),
    });
    expect(Number(summary?.lastLine)).toBeGreaterThan(5_000);
    expect(stderr).toContain(`with --from-line ${Number(summary?.lastLine) + 1}`);
  });

  it('says when the errors can not be written', async () => {
    const { code, stderr } = await runCli(['import', '-', '--dry-run', '--errors', '/nowhere/errors'], {
      input: '[]\n',
    });
    expect([code, stderr]).toEqual([EXIT.error, expect.stringContaining("open '/nowhere/errors'")]);
    const full = await runCli(['import', '-', '--dry-run', '--errors', '/dev/full'], { input: '[]\n' });
    expect([full.code, full.stderr]).toEqual([EXIT.error, expect.stringContaining('ENOSPC')]);
  });

  it('uses no colour and no control characters where stderr is no terminal', async () => {
    const { stderr } = await runCli(['import', '-', '--dry-run'], {
      input: '{"\u001b[31mred":1}\n',
      env: { FORCE_COLOR: '1' },
    });
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('Ctrl-C', () => {
  it('stops an import after the batch in flight and says how to go on', async () => {
    const running = startCli(['import', '-', '--dry-run', '--batch', '10', '--json']);
    running.child.stdin?.write(`${lines(19)}[]\n${lines(5)}`);
    await new Promise((resolve) => running.child.stdout?.once('data', resolve));
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.result;
    expect(code).toBe(EXIT.interrupted);
    expect(jsonLines(stdout).at(-1)).toMatchObject({
      type: 'summary',
      complete: false,
      unchanged: 19,
      nextLine: 21,
    });
    expect(stderr).toContain('To go on, repeat the import with the same input with --from-line 21');
  });

  it('as SIGTERM ends with its own code', async () => {
    const running = startCli(['import', '-', '--dry-run', '--batch', '1', '--json']);
    running.child.stdin?.write('[]\n');
    await new Promise((resolve) => running.child.stdout?.once('data', resolve));
    running.child.kill('SIGTERM');
    expect((await running.result).code).toBe(EXIT.terminated);
  });

  it('twice ends at once what can not be stopped', async () => {
    // Nothing answers on the other side, so the batch in flight never ends by itself.
    const { createServer } = await import('node:net');
    const server = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const asked = new Promise((resolve) => server.once('connection', resolve));
    const running = startCli(['import', '-', '--batch', '1', '--url', `http://127.0.0.1:${port}`]);
    running.child.stdin?.write(lines(3));
    await asked;
    running.child.kill('SIGINT');
    await sleep(600);
    expect(running.child.exitCode).toBeNull();
    running.child.kill('SIGINT');
    expect((await running.result).code).toBe(EXIT.interrupted);
    server.close();
  });
});

describe('a service that goes away in the middle', () => {
  it('ends the import with 4, and it says what is in and how to go on', async () => {
    const { createServer } = await import('node:http');
    let asked = 0;
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        asked += 1;
        if (asked > 1) response.destroy();
        else response.end(JSON.stringify({ created: 2, updated: 0, unchanged: 0, errors: [] }));
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const { code, stdout, stderr } = await runCli(['import', '-', '--url', url, '--batch', '2', '--json'], {
      input: lines(5),
    });
    server.close();
    expect(code).toBe(EXIT.unreachable);
    expect(jsonLines(stdout)).toEqual([
      expect.objectContaining({ complete: false, created: 2, nextLine: 3, into: `the service at ${url}` }),
    ]);
    expect(stderr).toContain(`the service at ${url} can not be reached: the connection broke off`);
    expect(stderr).toContain(
      'What is in stays. To go on, repeat the import with the same input with --from-line 3;',
    );
  });
});

describe('a reader of stdout that goes away', () => {
  it('does not end the import', async () => {
    const path = await fileOf('[]\n'.repeat(50_000), 'many.ndjson');
    const errors = join(folder, 'many-errors.ndjson');
    const shell = `'${process.execPath}' bin/mediamesh.mjs import '${path}' --dry-run --json --errors '${errors}' | head -n 1; exit \${PIPESTATUS[0]}`;
    const { code, stdout, stderr } = await run('bash', ['--norc', '-c', shell]);
    expect([code, jsonLines(stdout)]).toEqual([EXIT.linesRejected, [expect.objectContaining({ line: 1 })]]);
    expect(stderr).toMatch(/^Checked .*: 0 good, 50,000 rejected/);
    expect((await readFile(errors, 'utf8')).match(/\n/g)).toHaveLength(50_000);
  });

  it('is no error of help', async () => {
    const shell = `'${process.execPath}' bin/mediamesh.mjs --help | true; exit \${PIPESTATUS[0]}`;
    expect(await run('bash', ['--norc', '-c', shell])).toMatchObject({ code: EXIT.ok, stderr: '' });
  });
});

describe('an import of any length', () => {
  it('holds its memory: ten times the lines take hardly more', { timeout: 60_000 }, async () => {
    const peakOf = async (count: number): Promise<number> => {
      const running = startCli(['import', '-', '--dry-run', '--quiet']);
      const { stdin, pid } = running.child;
      const batch = lines(1000);
      let peak = 0;
      for (let sent = 0; sent < count; sent += 1000) {
        if (stdin?.write(batch) === false) await new Promise((resolve) => stdin.once('drain', resolve));
        peak = Math.max(peak, await residentBytes(pid));
      }
      stdin?.end();
      expect((await running.result).code).toBe(EXIT.ok);
      return peak;
    };
    if (!existsSync('/proc/self/statm')) return expect(process.platform).not.toBe('linux');
    const [short, long] = [await peakOf(10_000), await peakOf(100_000)];
    expect(long - short).toBeLessThan(80 * 1_048_576);
  });
});

async function residentBytes(pid: number | undefined): Promise<number> {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * 4096;
}
