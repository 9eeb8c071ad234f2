import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { jsonLines, programLines as lines, run, runCli, startCli } from '../support/cli.ts';
import { useFolder } from '../support/folder.ts';

const { fileOf, pathOf } = useFolder();

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
      expect.objectContaining({ complete: false, created: 2, nextLine: 3, into: url }),
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
    const errors = pathOf('many-errors.ndjson');
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
