import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { applyTables, diffTables } from '../../../../src/adapters/dynamodb/provisioning/apply.ts';
import { openAutoScaling } from '../../../../src/adapters/dynamodb/provisioning/auto-scaling.ts';
import { scalingTargets } from '../../../../src/adapters/dynamodb/provisioning/scaling-targets.ts';
import { StoreRefused } from '../../../../src/domain/errors.ts';
import { answerError, answerJson, useFakeAws } from '../../../support/fake-aws.ts';
import { PROVISIONED, TABLES, useProvisioning } from '../../../support/provisioning.ts';

interface Part {
  readonly ResourceId: string;
  readonly ScalableDimension: string;
}

/** Application Auto Scaling, as far as provisioning asks it. */
function createScalingService() {
  const targets = new Map<string, Part>();
  const policies = new Map<string, Part & { readonly PolicyName: string }>();
  const asked: string[] = [];
  const isOf = (ids: readonly string[]) => (part: Part) => ids.includes(part.ResourceId);
  const keyOf = (part: Part) => `${part.ResourceId} ${part.ScalableDimension}`;
  const answers: Record<string, (input: never) => object> = {
    RegisterScalableTarget: (input: Part) => targets.set(keyOf(input), input) && {},
    PutScalingPolicy: (input: Part & { readonly PolicyName: string }) =>
      policies.set(`${keyOf(input)} ${input.PolicyName}`, input) && {},
    DescribeScalableTargets: ({ ResourceIds }: { ResourceIds: readonly string[] }) => ({
      ScalableTargets: [...targets.values()].filter(isOf(ResourceIds)),
    }),
    DescribeScalingPolicies: ({ ResourceId }: Part) => ({
      ScalingPolicies: [...policies.values()].filter(isOf([ResourceId])),
    }),
  };
  const answer = (request: IncomingMessage, body: string): object => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    asked.push(operation);
    return answers[operation]?.(JSON.parse(body) as never) ?? {};
  };
  return { targets, policies, asked, answer };
}

const LIMITS = { maxAttempts: 1, connectTimeoutMs: 5000, requestTimeoutMs: 5000, maxConnections: 4 };

describe('auto scaling', () => {
  const setUp = useProvisioning();
  const startAws = useFakeAws();
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  function open(endpoint: string) {
    const autoScaling = openAutoScaling({ region: 'us-east-1', endpoint, ...LIMITS });
    closing.push(() => autoScaling.destroy());
    return autoScaling;
  }

  async function startScaling() {
    const service = createScalingService();
    const { endpoint } = await startAws((response, request, body) =>
      answerJson(service.answer(request, body))(response, request, body),
    );
    return { ...service, autoScaling: open(endpoint) };
  }

  it('is set up for reads and writes of the table and of each index, once', async () => {
    const { provisioner, plan } = setUp();
    const { autoScaling, targets, policies, asked } = await startScaling();
    const discovery = plan(TABLES.discovery, PROVISIONED);
    const { name } = discovery.table;
    const { changed } = await applyTables({ ...provisioner, autoScaling }, [discovery]);
    expect(changed.slice(2)).toMatchObject([
      { what: 'scaling of read units of the table', declared: '5 to 10 at 70 %', actual: 'none' },
      { what: 'scaling of write units of the table', declared: '6 to 12 at 70 %' },
      { what: 'scaling of read units of index CategoryIndex', declared: '7 to 14 at 70 %' },
      { what: 'scaling of write units of index CategoryIndex', declared: '8 to 16 at 70 %' },
    ]);
    expect([...targets.values()]).toEqual(
      [
        [`table/${name}`, 'dynamodb:table:ReadCapacityUnits', 5, 10],
        [`table/${name}`, 'dynamodb:table:WriteCapacityUnits', 6, 12],
        [`table/${name}/index/CategoryIndex`, 'dynamodb:index:ReadCapacityUnits', 7, 14],
        [`table/${name}/index/CategoryIndex`, 'dynamodb:index:WriteCapacityUnits', 8, 16],
      ].map(([ResourceId, ScalableDimension, MinCapacity, MaxCapacity]) => ({
        ...{ ServiceNamespace: 'dynamodb', ResourceId, ScalableDimension, MinCapacity, MaxCapacity },
      })),
    );
    expect([...policies.values()][3]).toEqual({
      ServiceNamespace: 'dynamodb',
      ResourceId: `table/${name}/index/CategoryIndex`,
      ScalableDimension: 'dynamodb:index:WriteCapacityUnits',
      PolicyName: `${name}-CategoryIndex-write-utilization`,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        ...{ TargetValue: 70, ScaleInCooldown: 60, ScaleOutCooldown: 60 },
        PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBWriteCapacityUtilization' },
      },
    });
    asked.length = 0;
    expect(await applyTables({ ...provisioner, autoScaling }, [discovery])).toEqual({
      changed: [],
      remaining: [],
    });
    expect(asked).not.toContain('RegisterScalableTarget');
  });

  it('that differs is named and brought up to date under the name that its policy has', async () => {
    const { provisioner, plan } = setUp();
    const { autoScaling, targets, policies } = await startScaling();
    const rateLimits = plan(TABLES.rateLimits, PROVISIONED);
    await applyTables({ ...provisioner, autoScaling }, [rateLimits]);
    for (const [key, policy] of policies) policies.set(key, { ...policy, PolicyName: 'by somebody else' });
    for (const [key, target] of targets) if (target.ScalableDimension.includes('Write')) targets.delete(key);
    const billing = { ...PROVISIONED.billing, targetUtilization: 50 };
    const changedPlan = { ...rateLimits, settings: { ...PROVISIONED, billing } };
    const differences = await diffTables({ ...provisioner, autoScaling }, [changedPlan]);
    expect(differences).toMatchObject([
      { what: 'scaling of read units of the table', declared: '5 to 10 at 50 %', actual: '5 to 10 at 70 %' },
      { what: 'scaling of write units of the table', declared: '6 to 12 at 50 %', actual: 'none' },
    ]);
    policies.clear();
    expect(await diffTables({ ...provisioner, autoScaling }, [changedPlan])).toMatchObject([
      { actual: '5 to 10 without a policy' },
      { actual: 'none' },
    ]);
    await applyTables({ ...provisioner, autoScaling }, [changedPlan]);
    expect(await diffTables({ ...provisioner, autoScaling }, [changedPlan])).toEqual([]);
  });

  it('keeps the name of a policy that is there', async () => {
    const { provisioner, plan } = setUp();
    const { autoScaling, policies } = await startScaling();
    const rateLimits = plan(TABLES.rateLimits, PROVISIONED);
    await applyTables({ ...provisioner, autoScaling }, [rateLimits]);
    const theirs = [...policies.values()].map((policy) => ({ ...policy, PolicyName: 'theirs' }));
    policies.clear();
    for (const policy of theirs) policies.set(policy.ScalableDimension, policy);
    const billing = { ...PROVISIONED.billing, targetUtilization: 50 };
    await applyTables({ ...provisioner, autoScaling }, [
      { ...rateLimits, settings: { ...PROVISIONED, billing } },
    ]);
    expect(new Set([...policies.values()].map(({ PolicyName }) => PolicyName))).toEqual(new Set(['theirs']));
  });

  it('is not asked about when a table is paid by the request', async () => {
    const { provisioner, plan } = setUp();
    const { autoScaling, asked } = await startScaling();
    await applyTables({ ...provisioner, autoScaling }, [plan(TABLES.rateLimits)]);
    expect(asked).toEqual([]);
  });

  it('that is not permitted is a refusal', async () => {
    const { provisioner, plan } = setUp();
    const { endpoint } = await startAws(answerError('AccessDeniedException', 400));
    const running = applyTables({ ...provisioner, autoScaling: open(endpoint) }, [
      plan(TABLES.rateLimits, PROVISIONED),
    ]);
    await expect(running).rejects.toBeInstanceOf(StoreRefused);
  });
});

describe('scaling targets', () => {
  it('are two for a table and two for each index, within the limits of names', () => {
    const table = { ...TABLES.activity, name: 'x'.repeat(200) };
    const targets = scalingTargets({ table, settings: PROVISIONED });
    expect(targets).toHaveLength(2 + 2 * table.indexes.length);
    expect(Math.max(...targets.map(({ policyName }) => policyName.length))).toBeLessThanOrEqual(256);
  });
});
