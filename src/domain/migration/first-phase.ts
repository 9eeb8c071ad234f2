import type { Call } from '../../ports/call.ts';
import type { Migrated, Phase, PhaseStore } from '../../ports/phase-store.ts';

/** What the configuration says for each data set; one that is left out has no copy to migrate to. */
export type FirstPhases = Readonly<Partial<Record<Migrated, Phase>>>;

/**
 * Gives records that were never changed the phase of the configuration. The record rules from its first change on: a record that
 * was changed, back to `off` too, stays as it is whatever the configuration says. Instances may start at the same time: one of
 * them makes the change.
 * @returns the data sets that were changed.
 * @throws what the store raises; data sets before the one that failed keep their change.
 */
export async function applyFirstPhase(
  phases: Pick<PhaseStore, 'read' | 'change'>,
  firstPhases: FirstPhases,
  call: Call,
): Promise<readonly Migrated[]> {
  const changed: Migrated[] = [];
  for (const [dataSet, phase] of Object.entries(firstPhases) as [Migrated, Phase][]) {
    if (await applyTo(phases, dataSet, phase, call)) changed.push(dataSet);
  }
  return changed;
}

async function applyTo(
  phases: Pick<PhaseStore, 'read' | 'change'>,
  dataSet: Migrated,
  phase: Phase,
  call: Call,
): Promise<boolean> {
  if (phase === 'off' || (await phases.read(dataSet, call)).epoch > 0) return false;
  const change = {
    phase,
    readPercent: phase === 'dual-write' ? 0 : 100,
    changedBy: 'configuration',
    reason: 'first phase',
  };
  return (await phases.change(dataSet, 0, change, call)).outcome === 'changed';
}
