import type { Call } from '../../ports/call.ts';
import type { Migrated } from '../../ports/phase-store.ts';
import type { MigrationDeps } from './migration-deps.ts';

const LOOK_AGAIN_MS = 25;

type Waiting = Pick<MigrationDeps, 'phases' | 'leaseMs' | 'pause' | 'clock'>;

/** Ids of live instances that act on another epoch. One that was silent for a lease reads from the catalogue alone, whatever the phase. */
export async function lateInstances(
  { phases, leaseMs }: Pick<MigrationDeps, 'phases' | 'leaseMs'>,
  dataSet: Migrated,
  epoch: number,
  call: Call,
): Promise<readonly string[]> {
  return (await phases.instances(call))
    .filter(({ ageMs, epochs }) => ageMs < leaseMs && epochs[dataSet] < epoch)
    .map(({ instanceId }) => instanceId);
}

/** Resolves when every live instance acts on the epoch or a later one, or after two leases: whoever must know looks again. */
export async function waitForInstances(
  deps: Waiting,
  dataSet: Migrated,
  epoch: number,
  call: Call,
): Promise<void> {
  const deadline = deps.clock.now() + 2 * deps.leaseMs;
  while (deps.clock.now() < deadline) {
    if ((await lateInstances(deps, dataSet, epoch, call)).length === 0) return;
    await deps.pause(LOOK_AGAIN_MS, call.signal);
  }
}
