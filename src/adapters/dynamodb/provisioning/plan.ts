import type { TableDeclaration } from '../tables.ts';

/** Units a second, from `min` to `max`, 1 and up. */
export interface UnitRange {
  readonly min: number;
  readonly max: number;
}

export interface UnitRanges {
  readonly read: UnitRange;
  readonly write: UnitRange;
}

/** Paid by the request. The caps, 1 and up, are units a second of the table and of each of its indexes; absent: none. */
export interface OnDemandBilling {
  readonly mode: 'PAY_PER_REQUEST';
  readonly maxReadUnits?: number | undefined;
  readonly maxWriteUnits?: number | undefined;
}

/** Paid by the hour, and scaled with use. */
export interface ProvisionedBilling {
  readonly mode: 'PROVISIONED';
  readonly table: UnitRanges;
  /** By name of the index; one that is not named has the units of its table. */
  readonly indexes?: Readonly<Record<string, UnitRanges>>;
  /** Per cent of the capacity that scaling aims to use, 20 to 90. */
  readonly targetUtilization: number;
}

export interface TableSettings {
  readonly billing: OnDemandBilling | ProvisionedBilling;
  readonly deletionProtection: boolean;
  /** Whether the tables can be restored to any second of the last 35 days. Transient tables never are. */
  readonly pointInTimeRecovery: boolean;
  /** Other tags of a table are left alone. */
  readonly tags: Readonly<Record<string, string>>;
}

/** How a table is meant to be. */
export interface TablePlan {
  readonly table: TableDeclaration;
  readonly settings: TableSettings;
}

export function planTables(
  tables: readonly TableDeclaration[],
  settings: TableSettings,
): readonly TablePlan[] {
  return tables.map((table) => {
    const pointInTimeRecovery = settings.pointInTimeRecovery && table.isTransient !== true;
    return { table, settings: { ...settings, pointInTimeRecovery } };
  });
}

/** The units of a table, or of one of its indexes. */
export function rangesOf(billing: ProvisionedBilling, index?: string): UnitRanges {
  return (index === undefined ? undefined : billing.indexes?.[index]) ?? billing.table;
}
