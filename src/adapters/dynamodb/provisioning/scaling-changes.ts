import type {
  ApplicationAutoScalingClient,
  ScalableTarget,
  ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import type { Call } from '../../../ports/call.ts';
import { withStoreErrors } from '../store-errors.ts';
import type { Change, Provisioner } from './change.ts';
import { APPLY_COMMAND } from './change.ts';
import type { TablePlan } from './plan.ts';
import type { ScalingTarget } from './scaling-targets.ts';
import { policyOf, registrationOf, scalingTargets } from './scaling-targets.ts';

const SERVICE = { ServiceNamespace: 'dynamodb' } as const;

/**
 * How the scaling of a table and of its indexes differs. A table that is paid by the request is not asked about: targets that
 * it had before do nothing, and are there again when it goes back.
 */
export async function scalingChanges(provisioner: Provisioner, plan: TablePlan): Promise<readonly Change[]> {
  const { autoScaling, call } = provisioner;
  const targets = scalingTargets(plan);
  if (autoScaling === undefined || targets.length === 0) return [];
  const actual = await withStoreErrors(() => readScaling(autoScaling, targets, call), call);
  return targets.flatMap((target) => scalingChange(autoScaling, target, actual));
}

interface Scaling {
  readonly targets: readonly ScalableTarget[];
  readonly policies: readonly ScalingPolicy[];
}

/** A table has two targets and each of its indexes as well: they fit in one answer, which takes 50. */
async function readScaling(
  client: ApplicationAutoScalingClient,
  targets: readonly ScalingTarget[],
  { signal: abortSignal }: Call,
): Promise<Scaling> {
  const ResourceIds = [...new Set(targets.map(({ resourceId }) => resourceId))];
  const { ScalableTargets = [] } = await client.send(
    new DescribeScalableTargetsCommand({ ...SERVICE, ResourceIds }),
    { abortSignal },
  );
  const policies: ScalingPolicy[] = [];
  for (const ResourceId of ResourceIds) {
    const command = new DescribeScalingPoliciesCommand({ ...SERVICE, ResourceId });
    policies.push(...((await client.send(command, { abortSignal })).ScalingPolicies ?? []));
  }
  return { targets: ScalableTargets, policies };
}

function scalingChange(
  client: ApplicationAutoScalingClient,
  target: ScalingTarget,
  actual: Scaling,
): readonly Change[] {
  const isOfTarget = (each: ScalableTarget | ScalingPolicy) =>
    each.ResourceId === target.resourceId && each.ScalableDimension === target.dimension;
  const range = actual.targets.find(isOfTarget);
  const policy = actual.policies.find((each) => isOfTarget(each) && metricOf(each) === target.metric);
  const { min, max } = target.range;
  const declared = `${min} to ${max} at ${target.targetUtilization} %`;
  const found = describeScaling(range, policy);
  if (declared === found) return [];
  const part = target.index === undefined ? 'the table' : `index ${target.index}`;
  const apply = ({ call }: Provisioner) => scale(client, target, policy?.PolicyName, call);
  const what = `scaling of ${target.units.toLowerCase()} units of ${part}`;
  return [{ table: target.table, what, declared, actual: found, mend: APPLY_COMMAND, isVital: false, apply }];
}

function metricOf({ TargetTrackingScalingPolicyConfiguration }: ScalingPolicy): string | undefined {
  return TargetTrackingScalingPolicyConfiguration?.PredefinedMetricSpecification?.PredefinedMetricType;
}

function describeScaling(target: ScalableTarget | undefined, policy: ScalingPolicy | undefined): string {
  if (target === undefined) return 'none';
  const aim = policy?.TargetTrackingScalingPolicyConfiguration?.TargetValue;
  return `${target.MinCapacity} to ${target.MaxCapacity} ${aim === undefined ? 'without a policy' : `at ${aim} %`}`;
}

/** Both calls replace what is there. The first of an account makes the service-linked role of scaling. */
async function scale(
  client: ApplicationAutoScalingClient,
  target: ScalingTarget,
  policyName: string | undefined,
  call: Call,
): Promise<void> {
  const register = new RegisterScalableTargetCommand(registrationOf(target));
  const put = new PutScalingPolicyCommand(policyOf(target, policyName));
  await withStoreErrors(async () => {
    await client.send(register, { abortSignal: call.signal });
    await client.send(put, { abortSignal: call.signal });
  }, call);
}
