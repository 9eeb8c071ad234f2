import { describe, expect, it } from 'vitest';
import { describeEngines } from './describe-engines.ts';
import type { OpenedEngine, Way } from './find-engine.ts';
import { findEngine, GivenEngineFailed } from './find-engine.ts';
import { createRunEngines } from './run-engines.ts';

const stopped: string[] = [];

const leadsTo = (how: string): OpenedEngine => ({
  url: `redis://${how}`,
  how,
  ours: true,
  stop: async () => {
    stopped.push(how);
  },
});

const failing =
  (error: Error): Way =>
  () =>
    Promise.reject(error);

const opening =
  (how: string): Way =>
  async () =>
    leadsTo(how);

/** The engines of a run whose Redis has these ways; nothing else can be had. */
function aRun(redis: readonly Way[], skip = false) {
  return createRunEngines({ ways: { redis, postgres: [], dynamodb: [] }, skip });
}

describe('the ways to an engine', () => {
  it('are tried in order until one leads there', async () => {
    const ways = [failing(new Error('no docker')), opening('second'), failing(new Error('never asked'))];
    expect((await findEngine(ways)).how).toBe('second');
  });

  it('are all named when none leads there', async () => {
    const ways = [failing(new Error('no docker')), failing(new Error('no program'))];
    await expect(findEngine(ways)).rejects.toThrow('no docker; no program');
  });

  it('end at a server that was named and does not answer', async () => {
    const ways = [failing(new GivenEngineFailed('nothing answers')), opening('another')];
    await expect(findEngine(ways)).rejects.toThrow(/^nothing answers$/);
  });
});

describe('the engines of a run', () => {
  it('are started once, when the first test asks', async () => {
    let started = 0;
    const engines = aRun([
      async () => {
        started += 1;
        return leadsTo('once');
      },
    ]);
    expect(started).toBe(0);
    const answers = await Promise.all([engines.get('redis'), engines.get('redis')]);
    expect(answers[0]).toEqual({ state: 'running', url: 'redis://once', how: 'once', ours: true });
    expect(answers[1]).toBe(answers[0]);
    expect(started).toBe(1);
  });

  it('are stopped at the end, one that is still starting too', async () => {
    const start = Promise.withResolvers<OpenedEngine>();
    const engines = aRun([() => start.promise]);
    const answer = engines.get('redis');
    const end = engines.stop();
    start.resolve(leadsTo('slow starter'));
    await end;
    expect(stopped).toContain('slow starter');
    expect(await answer).toMatchObject({ state: 'running' });
  });

  it('are missing with every reason, and with what that means for the tests', async () => {
    const ways = [failing(new Error('no docker')), failing(new Error('no program'))];
    expect(await aRun(ways).get('redis')).toEqual({
      state: 'missing',
      reason: 'no docker; no program',
      skip: false,
    });
    expect(await aRun(ways, true).get('redis')).toMatchObject({ skip: true });
  });

  it('are told of at the end: those that were asked for', async () => {
    const engines = aRun([opening('a program')], true);
    await Promise.all([engines.get('redis'), engines.get('redis')]);
    await engines.get('dynamodb');
    expect(describeEngines(engines.report())).toMatch(
      /^engine redis: a program, there after 0\.\d s\nengine dynamodb: MISSING, tests that need it were SKIPPED: .*\n$/,
    );
  });
});
