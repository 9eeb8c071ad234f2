import type { EngineReport } from './run-engines.ts';

/** What the last lines of a run say of its engines: one line each. */
export function describeEngines(reports: readonly EngineReport[]): string {
  return reports.map((report) => `${describe(report)}\n`).join('');
}

function describe({ name, answer, tookMs }: EngineReport): string {
  if (answer.state === 'running') {
    return `engine ${name}: ${answer.how}, there after ${(tookMs / 1_000).toFixed(1)} s`;
  }
  const consequence = answer.skip ? 'tests that need it were SKIPPED' : 'tests that need it FAILED';
  return `engine ${name}: MISSING, ${consequence}: ${answer.reason}`;
}
