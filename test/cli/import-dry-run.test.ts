import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { jsonLines, programLines as lines, runCli } from '../support/cli.ts';
import { useFolder } from '../support/folder.ts';

const { fileOf, pathOf } = useFolder();

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
    const errors = pathOf('errors.ndjson');
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
