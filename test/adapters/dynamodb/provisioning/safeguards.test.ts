import { describe, expect, it } from 'vitest';
import { applyTables, diffTables } from '../../../../src/adapters/dynamodb/provisioning/apply.ts';
import type { Provisioner } from '../../../../src/adapters/dynamodb/provisioning/change.ts';
import type { TableSettings } from '../../../../src/adapters/dynamodb/provisioning/plan.ts';
import {
  answerInstead,
  awsError,
  ON_DEMAND,
  TABLES,
  useProvisioning,
} from '../../../support/provisioning.ts';

/** What DynamoDB Local lacks: backups and tags, as AWS's own server keeps them. */
function keepBackupsAndTags({ client }: Provisioner, refusals = 0) {
  const kept = {
    days: undefined as number | undefined,
    tags: new Map<string, string>(),
    asked: [] as string[],
  };
  let toRefuse = refusals;
  const answers: Record<string, (input: never) => object> = {
    DescribeContinuousBackups: () => ({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription:
          kept.days === undefined
            ? { PointInTimeRecoveryStatus: 'DISABLED' }
            : { PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: kept.days },
      },
    }),
    UpdateContinuousBackups: (input: {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: boolean; RecoveryPeriodInDays: number };
    }) => {
      if (toRefuse > 0) {
        toRefuse -= 1;
        throw awsError('ContinuousBackupsUnavailableException');
      }
      kept.days = input.PointInTimeRecoverySpecification.RecoveryPeriodInDays;
      return {};
    },
    ListTagsOfResource: () => ({ Tags: [...kept.tags].map(([Key, Value]) => ({ Key, Value })) }),
    TagResource: (input: { Tags: { Key: string; Value: string }[] }) => {
      for (const { Key, Value } of input.Tags) kept.tags.set(Key, Value);
      return {};
    },
  };
  answerInstead(client, (operation, input) => {
    const answer = answers[operation];
    if (answer !== undefined) kept.asked.push(operation);
    return answer?.(input as never);
  });
  return kept;
}

const SAFE: TableSettings = {
  ...ON_DEMAND,
  pointInTimeRecovery: true,
  tags: { team: 'discovery', stage: 'test' },
};
const REMOTE = { isCustomEndpoint: false } as const;

describe('point-in-time recovery', () => {
  const setUp = useProvisioning();

  it('is turned on for 35 days, as soon as DynamoDB takes it, and once', async () => {
    const { provisioner, plan } = setUp();
    const kept = keepBackupsAndTags(provisioner, 3);
    const search = plan(TABLES.search, { ...SAFE, tags: {} });
    const { changed } = await applyTables({ ...provisioner, ...REMOTE }, [search]);
    expect(changed).toMatchObject([
      { what: 'table' },
      { what: 'point-in-time recovery', declared: '35 days', actual: 'off' },
    ]);
    expect(kept.days).toBe(35);
    expect(kept.asked.filter((operation) => operation === 'UpdateContinuousBackups')).toHaveLength(4);
    expect(await diffTables({ ...provisioner, ...REMOTE }, [search])).toEqual([]);
  });

  it('of fewer days is made longer', async () => {
    const { provisioner, plan } = setUp();
    const kept = keepBackupsAndTags(provisioner);
    kept.days = 7;
    const { changed } = await applyTables(provisioner, [plan(TABLES.search, { ...SAFE, tags: {} })]);
    expect(changed.at(-1)).toMatchObject({ what: 'point-in-time recovery', actual: '7 days' });
    expect(kept.days).toBe(35);
  });

  it('that nobody declared is left on, for what it keeps would be lost', async () => {
    const { provisioner, plan } = setUp();
    const kept = keepBackupsAndTags(provisioner);
    kept.days = 35;
    const { remaining } = await applyTables(provisioner, [plan(TABLES.search)]);
    expect(remaining).toMatchObject([
      { declared: 'off', actual: '35 days', mend: expect.stringContaining('would be lost') },
    ]);
    expect(kept.days).toBe(35);
  });

  it('is not for rate limits', async () => {
    const { provisioner, plan } = setUp();
    const kept = keepBackupsAndTags(provisioner);
    await applyTables(provisioner, [plan(TABLES.rateLimits, SAFE)]);
    expect(kept.days).toBeUndefined();
  });
});

describe('tags', () => {
  const setUp = useProvisioning();

  it('that are missing or differ are set, and others left alone', async () => {
    const { provisioner, plan } = setUp();
    const kept = keepBackupsAndTags(provisioner);
    kept.tags.set('stage', 'production').set('owner', 'somebody else');
    const search = plan(TABLES.search, { ...SAFE, pointInTimeRecovery: false });
    const { changed } = await applyTables(provisioner, [search]);
    expect(changed.at(-1)).toMatchObject({
      what: 'tags',
      declared: 'team=discovery, stage=test',
      actual: 'no team, stage=production',
    });
    expect(Object.fromEntries(kept.tags)).toEqual({
      owner: 'somebody else',
      team: 'discovery',
      stage: 'test',
    });
    expect(await diffTables(provisioner, [search])).toEqual([]);
  });
});

describe('a server that knows neither', () => {
  const setUp = useProvisioning();

  it('is put up with at a configured endpoint', async () => {
    const { provisioner, plan } = setUp();
    const search = plan(TABLES.search, SAFE);
    expect((await applyTables(provisioner, [search])).remaining).toEqual([]);
    expect(await diffTables(provisioner, [search])).toEqual([]);
  });

  it('is a fault anywhere else', async () => {
    const { provisioner, plan } = setUp();
    const running = applyTables({ ...provisioner, ...REMOTE }, [plan(TABLES.search, SAFE)]);
    await expect(running).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});
