import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { createFakeTerminal, runCli } from '../support/cli.ts';
import { useFolder } from '../support/folder.ts';

const { fileOf, pathOf } = useFolder();
const NOON = Date.UTC(2026, 0, 15, 12);

/** Runs `limits simulate` in this process; `input` is standard input. */
async function simulated(input: string, ...args: readonly string[]) {
  const terminal = createFakeTerminal();
  terminal.stdin.end(input);
  const log = args.includes('--log') ? [] : ['--log', '-'];
  const code = await runCommandLine(['limits', 'simulate', ...log, ...args], terminal, '0.0.0');
  return { code, stdout: terminal.printed(), stderr: terminal.said() };
}

interface Result {
  readonly name: string;
  readonly policies: readonly { readonly algorithm: string }[];
  readonly admitted: number;
  readonly denied: number;
}

/** `name algorithm: admitted + denied` of each result. */
async function countsOf(input: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await simulated(input, '--json', ...args);
  const { results } = JSON.parse(stdout) as { readonly results: readonly Result[] };
  return results.map(({ name, policies, admitted, denied }) => {
    const algorithms = policies.map(({ algorithm }) => algorithm).join(' ');
    return `${name} ${algorithms}: ${admitted} + ${denied}`;
  });
}

/** A line for a request so many seconds after noon. */
function at(second: number, client = 'ann', more: object = {}): string {
  const time = new Date(NOON + second * 1000).toISOString();
  return `${JSON.stringify({ time, client, ...more })}\n`;
}

const requests = (...seconds: readonly number[]) => seconds.map((second) => at(second)).join('');

describe('limits simulate', () => {
  it('decides as each algorithm does', async () => {
    // A fixed window ends at 10 and gives 3 anew. In the sliding one, what was taken in second 8 comes back at 19.000. The bucket
    // has 0.30 left after 9.0, so 0.90 at 11.0, and is full again before 18.999.
    const log = requests(8, 8.5, 9, 9.5, 10, 10.5, 11, 18.999, 19);
    expect(await countsOf(log, '--policy', 'p=3/10s')).toEqual([
      'p fixed-window: 6 + 3',
      'p sliding-window: 4 + 5',
      'p token-bucket: 5 + 4',
    ]);
    expect(await countsOf(log, '--policy', 'p=3/10s:token-bucket')).toEqual(['p token-bucket: 5 + 4']);
    expect(await countsOf(log, '--policy', 'p=3/10s:fixed-window')).toEqual(['p fixed-window: 6 + 3']);
  });

  it('lets several policies decide together, all or nothing', async () => {
    // 2 is denied by a, so that b has its third unit left for 10; 11 is denied by b.
    const log = requests(0, 1, 2, 10, 11);
    const args = ['--policy', 'a=2/10s:fixed-window', '--policy', 'b=3/m:fixed-window'];
    expect(await countsOf(log, ...args)).toEqual([
      'a fixed-window: 4 + 1',
      'b fixed-window: 3 + 2',
      'all together fixed-window fixed-window: 3 + 2',
    ]);
    expect(await countsOf(log, '--policy', 'a=2/10s,b=3/m')).toContain(
      'all together fixed-window fixed-window: 3 + 2',
    );
    expect(await countsOf(log, '--policy', 'a=2/10s:fixed-window,b=3/m:shadow:fixed-window')).toEqual([
      'a fixed-window: 4 + 1',
      'b fixed-window: 3 + 2',
    ]);
  });

  it('counts clients apart, and costs by their field', async () => {
    const log = at(0, 'ann', { units: 3 }) + at(1, 'bob', { units: '2' }) + at(2, 'bob', { units: 2 });
    const { stdout, stderr } = await simulated(log, '--cost', 'units', '--policy', 'p=3/m:fixed-window');
    expect(stdout.split('\n')[1]?.split(/ {2,}/)).toEqual([
      ...['p', 'fixed-window', '2', '1', '33.3', '1', 'bob (1)', '4 (bob)'],
    ]);
    expect(stderr).toMatch(
      /^Simulated -: 3 requests from 2026-01-15 12:00:00Z to 2026-01-15 12:00:02Z, 0 lines rejected in [\d.]+ s\.\n$/,
    );
    expect((await simulated(log, '--quiet', '--policy', 'p=3/m')).stderr).toBe('');
  });

  it('does not round a few denials down to none', async () => {
    const { stdout } = await simulated(at(0).repeat(1001), '--policy', 'p=1000/m:fixed-window');
    expect(stdout).toMatch(/^p +fixed-window +1,000 +1 +< 0\.1 +1 /m);
  });

  it('names the most denied clients, most first', async () => {
    const log = ['e', 'd', 'd', 'b', 'b', 'b', 'c', 'c', 'a', 'a', 'a'].map((client) => at(0, client));
    const { stdout } = await simulated(log.join(''), '--json', '--policy', 'p=1/m:fixed-window');
    expect(JSON.parse(stdout).results).toEqual([
      {
        name: 'p',
        policies: [{ name: 'p', algorithm: 'fixed-window', limit: 1, windowMs: 60_000 }],
        admitted: 5,
        denied: 6,
        clientsDenied: 4,
        mostDenied: [
          { client: 'a', denied: 2 },
          { client: 'b', denied: 2 },
          { client: 'c', denied: 1 },
        ],
        untold: 0,
        peak: { client: 'b', units: 3 },
        evictedLive: 0,
      },
    ]);
  });

  it('never lets time go backwards, and says how late lines were', async () => {
    // 8 and 9.5 count at 10, where the new window has its one unit taken.
    const { stdout, stderr } = await simulated(requests(9, 10, 8, 9.5), '--policy', 'p=1/10s:fixed-window');
    expect(stdout).toMatch(/^p +fixed-window +2 +2 /m);
    expect(stderr).toContain('2 of them came after later ones, by up to 2 s');
  });

  it('counts bad lines by reason, names the first and goes on', async () => {
    const bad = [
      'nonsense',
      '[1]',
      '{"client":"ann"}',
      '{"time":"10/Oct/2000:13:55:36 -0700","client":"ann"}',
    ];
    const log = `${at(0)}\n${bad.join('\n')}\n${'no\n'.repeat(6)}{"time":5,"client":true}\n${at(1)}`;
    const { code, stdout, stderr } = await simulated(log, '--policy', 'p=9/m:fixed-window');
    expect(code).toBe(EXIT.linesRejected);
    expect(stdout).toMatch(/^p +fixed-window +2 +0 +0 +0 +- +2 \(ann\)$/m);
    expect(stderr.split('\n').slice(0, 5)).toEqual([
      'lines 3, 7, 8, 9, 10 and 2 more: is not valid JSON',
      'line 4: is no JSON object',
      'line 5: has no "time"',
      'line 6: "time" is no time: it must be ISO 8601, or Unix time in seconds or milliseconds',
      expect.stringMatching(/^line 13: "client" must be a number, or text of 1 to 2048 characters/),
    ]);
    expect(stderr).toContain('2 requests');
    expect(stderr).toContain('11 lines rejected');
  });

  it.each([0, 1.5, -1, '', 'two', 1e10])('rejects a cost of %j', async (units) => {
    const log = at(0, 'ann', { units: 1 }) + at(0, 'ann', { units });
    const { stderr } = await simulated(log, '--cost', 'units', '--policy', 'p=9/m');
    expect(stderr).toContain('line 2: "units" must be a whole number from 1 to 1000000000');
  });

  it('says when counters had to make room, and of how many clients it knows', async () => {
    const log = ['a', 'b', 'a', 'a', 'b', 'b'].map((client) => at(0, client)).join('');
    const { stdout, stderr } = await simulated(log, '--max-keys', '1', '--policy', 'p=1/m:fixed-window');
    expect(stderr).toContain('p, fixed-window: 3 counters were dropped while they counted');
    expect(stderr).toContain('p, fixed-window: 1 denials are of more clients than can be told apart');
    expect(stdout).toContain('1 or more');
    const both = ['--policy', 'p=1/m:fixed-window', '--policy', 'q=1/h:fixed-window'];
    expect((await simulated(at(0) + at(1), '--max-keys', '1', ...both)).stderr).toMatch(/^Simulated -/);
  });

  it('reads gzip and writes what a terminal can bear', async () => {
    const path = await fileOf(gzipSync(at(0, 'a\u202eb') + at(0, 'a\u202eb')), 'access.gz');
    const { code, stdout } = await simulated('', '--log', path, '--policy', 'p=1/m');
    expect([code, stdout.match(/a\ufffdb \(1\)/g)?.length]).toEqual([EXIT.ok, 3]);
  });

  it('tells whose figures are of every request', async () => {
    const { stderr } = await simulated(at(0), '--policy', 'p=1/m:routes=search');
    expect(stderr).toContain('p is for some operations only: here every request counts.');
  });

  it.each([
    [['--policy', 'burst=10'], /--policy "burst=10": needs a limit and a window/],
    [['--policy', 'a=1/s', '--policy', 'a=2/m'], /the name a is taken by another policy/],
    [[], /required option '--policy <policy>' not specified/],
    [
      ['--policy', 'a=1/s', '--time', 'when'],
      /line 1 has no "when": name the field with --time\. It has time, c/,
    ],
    [
      ['--policy', 'a=1/s', '--client', 'user.id'],
      /line 1 has no "user.id": .*It has time, client, http\.x, http\.y/,
    ],
    [['--policy', 'a=1/s', '--cost', 'units'], /line 1 has no "units": name the field with --cost/],
  ])('refuses wrong usage %j', async (args, message) => {
    const { code, stdout, stderr } = await simulated(at(0, 'ann', { http: { x: 1, y: [] } }), ...args);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([EXIT.usage, '']);
  });

  it('ends with an error where there is no log, or nothing in it', async () => {
    const args = ['--policy', 'a=1/s'];
    expect(await simulated('', ...args)).toMatchObject({ code: EXIT.error, stdout: '' });
    expect((await simulated('\n\n', ...args)).stderr).toContain('- has no request to simulate');
    const missing = await simulated('', '--log', pathOf('none.ndjson'), ...args);
    expect([missing.code, missing.stderr]).toEqual([
      EXIT.error,
      expect.stringContaining('there is no such file'),
    ]);
    expect((await simulated('nonsense\n', ...args)).stderr).toMatch(
      /^line 1: is not valid JSON\n.*no request/,
    );
  });

  it('runs the example of the documents', async () => {
    const args = ['--policy', 'burst=4/s', '--policy', 'minute=20/m:token-bucket'];
    const { code, stdout } = await runCli(['limits', 'simulate', '--log', 'examples/access.ndjson', ...args]);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^burst +sliding-window +34 +6 +15\.0 +1 +203\.0\.113\.7 \(6\)/m);
    expect(stdout).toMatch(/^all together +fixed-window, token-bucket +37 +3 /m);
  });
});
