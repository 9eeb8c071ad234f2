import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Call } from '../../../ports/call.ts';
import type { TableDeclaration } from '../tables.ts';

/** A way in which a table is not as declared. */
export interface Difference {
  readonly table: string;
  /** Such as `table`, `index CategoryIndex` or `time to live`. */
  readonly what: string;
  readonly declared: string;
  readonly actual: string;
  /** The command that mends it, or what to do by hand. */
  readonly mend: string;
}

/** Without the table's name and what mends it. */
export function describeDifference({ what, declared, actual }: Difference): string {
  return actual === 'missing' ? `${what} is missing` : `${what}: ${actual} (declared: ${declared})`;
}

export const APPLY_COMMAND = 'npx mediamesh tables apply';

/** A difference, and how it is taken away. */
export interface Change extends Difference {
  /** Whether the service can not work with the table as it is. */
  readonly isVital: boolean;
  /** Absent: it can not be changed in place, or not without losing something. */
  readonly apply?: (provisioner: Provisioner) => Promise<unknown>;
}

/** Mended by applying, unless `mend` says otherwise. */
export function vitalChange(
  table: string,
  what: string,
  declared: string,
  actual: string,
  mend = APPLY_COMMAND,
): Change {
  return { table, what, declared, actual, mend, isVital: true };
}

export function missingTable({ name }: TableDeclaration): Change {
  return vitalChange(name, 'table', 'there', 'missing');
}

export function toDifference({ table, what, declared, actual, mend }: Change): Difference {
  return { table, what, declared, actual, mend };
}

export interface ProvisioningStep {
  readonly table: string;
  readonly step: string;
}

/** What provisioning works with. */
export interface Provisioner {
  readonly client: DynamoDBDocumentClient;
  /** Absent where nothing can scale tables, as at DynamoDB Local: they stay at the units they have. */
  readonly autoScaling?: ApplicationAutoScalingClient | undefined;
  /** Whether the server is another than AWS's own. One of those may lack point-in-time recovery and tags; they are left out then. */
  readonly isCustomEndpoint: boolean;
  readonly call: Call;
  /** Hears of each step before it is taken. */
  readonly onProgress?: (step: ProvisioningStep) => void;
  /** How long a table or index may take to become active. Default: an hour, for indexes of large tables are filled at length. */
  readonly waitMs?: number;
  /** Default: 2 seconds. */
  readonly pollMs?: number;
}
