import type { TimeToLiveDescription } from '@aws-sdk/client-dynamodb';
import { UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { withStoreErrors } from '../store-errors.ts';
import type { TableDeclaration } from '../tables.ts';
import type { Change, Provisioner } from './change.ts';
import { APPLY_COMMAND, vitalChange } from './change.ts';

const WHAT = 'time to live';

export function ttlChanges(
  { name, ttlAttribute }: TableDeclaration,
  ttl: TimeToLiveDescription,
): readonly Change[] {
  const attribute = attributeInForce(ttl);
  if (attribute === ttlAttribute) return [];
  if (ttlAttribute === undefined) return [unwantedTtl(name, attribute ?? '')];
  if (ttl.TimeToLiveStatus === 'DISABLING') return [laterTtl(name, ttlAttribute, 'being turned off')];
  if (attribute !== undefined)
    return [laterTtl(name, ttlAttribute, attribute, `turn it off (${turnOffCommand(name, attribute)}), `)];
  const apply = (provisioner: Provisioner) => turnOn(provisioner, name, ttlAttribute);
  return [{ ...vitalChange(name, WHAT, ttlAttribute, 'off'), apply }];
}

function attributeInForce({ TimeToLiveStatus, AttributeName }: TimeToLiveDescription): string | undefined {
  return TimeToLiveStatus === 'ENABLED' || TimeToLiveStatus === 'ENABLING' ? AttributeName : undefined;
}

/** Two changes take an hour between them (API reference, UpdateTimeToLive). */
function laterTtl(name: string, declared: string, actual: string, first = ''): Change {
  return vitalChange(
    name,
    WHAT,
    declared,
    actual,
    `${first}wait an hour, as DynamoDB asks, then ${APPLY_COMMAND}`,
  );
}

/** Documents that carry the attribute for a reason of their own would go. */
function unwantedTtl(name: string, attribute: string): Change {
  return { ...vitalChange(name, WHAT, 'off', attribute, turnOffCommand(name, attribute)), isVital: false };
}

function turnOffCommand(name: string, attribute: string): string {
  return `aws dynamodb update-time-to-live --table-name ${name} --time-to-live-specification Enabled=false,AttributeName=${attribute}`;
}

function turnOn({ client, call }: Provisioner, name: string, attribute: string): Promise<unknown> {
  const TimeToLiveSpecification = { Enabled: true, AttributeName: attribute };
  const command = new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification });
  return withStoreErrors(() => client.send(command, { abortSignal: call.signal }), call);
}
