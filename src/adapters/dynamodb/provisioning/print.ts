import { toCloudFormation } from './cloudformation.ts';
import type { TablePlan } from './plan.ts';
import { tableCalls } from './table-calls.ts';

export type TablesFormat = 'cloudformation' | 'json';

/** The tables for whoever makes them otherwise: a CloudFormation template, or the list of API calls that make them. */
export function printTables(plans: readonly TablePlan[], format: TablesFormat): string {
  const document = format === 'json' ? plans.flatMap(tableCalls) : toCloudFormation(plans);
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
