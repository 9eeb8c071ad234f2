import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { aDraft } from '../support/builders.ts';
import { aCall } from '../support/call.ts';
import { createFakeTerminal, jsonLines, startCli } from '../support/cli.ts';
import { useDynamodb } from '../support/dynamodb.ts';
import { dynamodbEnv } from '../support/dynamodb-env.ts';
import { useDatabase } from '../support/postgres.ts';
import { aService } from '../support/service.ts';

const PATIENT = { timeout: 180_000 };
const database = useDatabase();
const dynamodb = useDynamodb();

const env = (): Record<string, string> => ({
  ...{ DATABASE_URL: database().url, DEMO_CATALOG: 'off', HOT_PROGRAM_STORE: 'dynamodb' },
  ...{ MIGRATION_SOAK_SECONDS: '0', MIGRATION_MIN_COMPARISONS: '0' },
  ...dynamodbEnv(dynamodb()),
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process: starting one for each would take most of the time. */
async function mediamesh(...args: readonly string[]): Promise<Ended> {
  const terminal = createFakeTerminal();
  const code = await runCommandLine(args, terminal, '0.0.0-test');
  return { code, stdout: terminal.printed(), stderr: terminal.said() };
}

const migrate = (...args: readonly string[]): Promise<Ended> => mediamesh('migrate', ...args);

async function migrateJson(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await migrate(...args, '--json');
  expect([code, stderr]).toEqual([EXIT.ok, '']);
  return JSON.parse(stdout);
}

const summaryOf = ({ stdout }: Ended) => jsonLines(stdout).at(-1);

/** A command in a process of its own, and what it has written so far. */
function start(args: readonly string[], changes: Readonly<Record<string, string>> = {}) {
  const running = startCli(args, { env: { ...env(), ...changes } });
  let written = '';
  for (const stream of [running.child.stdout, running.child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      written += chunk.toString();
    });
  }
  const until = (text: string) =>
    vi.waitFor(() => expect(written).toContain(text), { timeout: 60_000, interval: 100 });
  return { ...running, until };
}

const drafts = Array.from({ length: 450 }, (_, index) => aDraft({ programId: `film-${index}` }));

beforeAll(async () => {
  const service = aService(database().url);
  await service.cradle.programCatalog.putMany(drafts, new Date(), aCall());
  await service.dispose();
}, 60_000);
beforeEach(() => {
  for (const [name, value] of Object.entries(env())) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('mediamesh migrate', () => {
  it('moves reads step by step, each earned, and back', PATIENT, async () => {
    const before = await migrate('status', 'programs');
    expect(before).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(before.stdout).toContain('next          dual-write: npx mediamesh migrate advance programs');
    const early = await migrate('backfill', 'programs');
    expect([early.code, early.stdout]).toEqual([EXIT.refused, '']);
    expect(early.stderr).toContain('go to dual-write first');

    const first = await migrate('advance', 'programs', '--reason', 'a quiet evening');
    expect([first.code, first.stderr]).toEqual([EXIT.ok, '']);
    expect(first.stdout).toContain('programs is in the phase dual-write (epoch 1).');

    const refused = await migrate('advance', 'programs');
    expect([refused.code, refused.stdout]).toEqual([EXIT.refused, '']);
    expect(refused.stderr).toMatch(
      /What stands in the way:\n {2}- no backfill has finished.*\n {2}- no verif/,
    );
    const asJson = await migrate('advance', 'programs', '--json');
    expect([asJson.code, asJson.stderr]).toEqual([EXIT.refused, '']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ phase: 'read-fallback', blockers: { length: 2 } });

    const backfill = await migrate('backfill', 'programs', '--json', '--concurrency', '8');
    expect(backfill.code).toBe(EXIT.ok);
    expect(jsonLines(backfill.stdout)[0]).toMatchObject({
      type: 'progress',
      state: 'running',
      concurrency: 8,
    });
    expect(summaryOf(backfill)).toMatchObject({ type: 'summary', done: 450, counts: { applied: 450 } });
    const verify = await migrate('verify', 'programs');
    expect([verify.code, verify.stdout]).toEqual([EXIT.ok, '']);
    expect(verify.stderr).toMatch(/is finished: 450 keys in .*: 450 match\.\nEvery copy is right/);

    expect(await migrateJson('advance', 'programs')).toMatchObject({
      phase: 'read-fallback',
      readPercent: 0,
    });
    expect(await migrateJson('advance', 'programs')).toMatchObject({ readPercent: 1, epoch: 3 });
    expect(await migrateJson('advance', 'programs', '--percent', '100')).toMatchObject({ readPercent: 100 });
    expect(await migrateJson('advance', 'programs')).toMatchObject({ phase: 'primary', epoch: 5 });
    const end = await migrate('advance', 'programs');
    expect([end.code, end.stderr]).toEqual([EXIT.ok, expect.stringContaining('there is no step further')]);
    expect(await migrateJson('back', 'programs')).toMatchObject({ phase: 'read-fallback', readPercent: 100 });
    const forced = await migrateJson(
      'advance',
      'programs',
      '--to',
      'primary',
      '--force',
      '--reason',
      'drill',
    );
    expect(forced).toMatchObject({ phase: 'primary' });

    const history = await migrate('history', 'programs', '--limit', '7');
    expect(history.stdout.split('\n').at(-2)).toMatch(/^1 +.* dual-write +0 % +cli \(.*\) +a quiet evening$/);
    expect(await migrateJson('status')).toMatchObject({
      items: [
        { dataSet: 'programs', phase: 'primary', epoch: 7, instances: [], backfill: { done: 450 } },
        { dataSet: 'search', migratable: false },
      ],
    });
  });

  it('finds drift, exits with 5, names the keys, and mends it', PATIENT, async () => {
    await driftApart();
    const verify = await migrate('verify', 'programs');
    expect(verify.code).toBe(EXIT.differs);
    expect(verify.stderr).toContain('film-7: new-missing, version 1 in the catalogue, none in the copy\n');
    expect(verify.stderr).toContain('stray: undecodable');
    expect(verify.stderr).toContain('2 copies are wrong');
    const listed = await migrate('differences', 'programs', '--class', 'new-missing');
    expect(listed.stdout).toMatch(/^key +class .*\nfilm-7 +new-missing +1 +- +1 x/);
    const repair = await migrate('repair', 'programs');
    expect([repair.code, repair.stderr]).toEqual([
      EXIT.ok,
      expect.stringContaining('2 wrong copies were written anew'),
    ]);
    expect(await migrate('verify', 'programs')).toMatchObject({ code: EXIT.ok });
    expect((await migrate('parked', 'programs')).stderr).toBe('No key is parked.\n');
  });

  it('leaves a job to others on Ctrl-C, and joins it again', PATIENT, async () => {
    const running = start(['migrate', 'verify', 'programs', '--rate', '20', '--json']);
    await running.until('"type":"progress"');
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.result;
    const jobId = String(jsonLines(stdout)[0]?.jobId);
    expect(code).toBe(EXIT.interrupted);
    expect(stderr).toContain(`The job ${jobId} is not over: running instances`);
    const again = await migrate('verify', 'programs', '--rate', 'none', '--json');
    expect([again.code, again.stderr]).toEqual([
      EXIT.ok,
      expect.stringContaining(`is under way already: joining it (${jobId})`),
    ]);
    expect(summaryOf(again)).toMatchObject({ jobId, state: 'finished', ratePerSecond: null, done: 450 });
  });

  it('changes jobs that others work on, and says when one was cancelled', PATIENT, async () => {
    const job = await migrateJson('backfill', 'programs', '--detach', '--rate', '1');
    const jobId = String(job.jobId);
    expect(job).toMatchObject({ state: 'running', ratePerSecond: 1, done: 0 });
    const watching = start(['migrate', 'backfill', 'programs', '--json']);
    await watching.until('"type":"progress"');
    expect(await migrateJson('pause', jobId)).toMatchObject({ state: 'paused' });
    await watching.until(`npx mediamesh migrate resume ${jobId} lets it go on`);
    expect((await migrate('throttle', jobId, '--rate', '2')).stdout).toContain('at most 2 keys a second');
    expect(await migrateJson('resume', jobId)).toMatchObject({ state: 'running', reason: null });
    expect(await migrateJson('cancel', jobId)).toMatchObject({ state: 'cancelled' });
    const { code, stderr } = await watching.result;
    expect([code, stderr]).toEqual([
      EXIT.error,
      expect.stringMatching(/was cancelled after \d+ keys: by cli/),
    ]);
    expect(await migrate('resume', jobId)).toMatchObject({
      code: EXIT.error,
      stderr: 'mediamesh: the job is cancelled: it can not be running any more\n',
    });
    expect((await migrate('cancel', 'nope')).stderr).toBe('mediamesh: there is no job with the id nope\n');
  });

  it('leaves the work to mediamesh relay when it is told to', PATIENT, async () => {
    const relay = start(['relay'], { RELAY: 'off' });
    await relay.until('Relaying copies');
    const { jobId } = await migrateJson('verify', 'programs', '--detach');
    await vi.waitFor(
      async () => {
        const { items } = await migrateJson('status', 'programs');
        expect(items).toMatchObject([{ lastVerification: { jobId, state: 'finished' } }]);
      },
      { timeout: 60_000 },
    );
    relay.child.kill('SIGTERM');
    expect((await relay.result).code).toBe(EXIT.ok);
  });

  it.each([
    [['advance', 'films'], /Allowed choices are programs, search/],
    [['advance', 'programs', '--percent', '101'], /It must be a whole number from 0 to 100/],
    [['advance', 'programs', '--to', 'primary', '--percent', '5'], /--percent is for read-fallback/],
    [['throttle', 'x'], /--rate, --concurrency or both/],
    [['backfill', 'programs', '--rate', 'fast'], /It must be a whole number from 1/],
  ])('refuses wrong usage %j', PATIENT, async (args, message) => {
    const { code, stderr } = await migrate(...args);
    expect([code, stderr]).toEqual([EXIT.usage, expect.stringMatching(message)]);
  });

  it('has nothing to work on where a service keeps the catalogue in memory', PATIENT, async () => {
    for (const name of ['DATABASE_URL', 'HOT_PROGRAM_STORE']) vi.stubEnv(name, undefined);
    vi.stubEnv('MEDIAMESH_MODE', 'memory');
    const { code, stderr } = await migrate('status');
    expect([code, stderr]).toEqual([EXIT.usage, expect.stringContaining('/v1/migration')]);
  });
});

/** A copy that is gone, and an item that is no copy at all. */
async function driftApart(): Promise<void> {
  const { client, tables } = dynamodb();
  const item = (programId: string) => ({ programId: { S: programId } });
  await client.send(new DeleteItemCommand({ TableName: tables.discovery, Key: item('film-7') }));
  await client.send(new PutItemCommand({ TableName: tables.discovery, Item: item('stray') }));
}
