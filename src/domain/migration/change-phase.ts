import type { Call } from '../../ports/call.ts';
import type { Migrated, PhaseRecord } from '../../ports/phase-store.ts';
import { PhaseNotReachable, VersionConflict } from '../errors.ts';
import { gatherFacts } from './facts.ts';
import type { PhaseStep } from './gates.ts';
import { blockersOf, distance, oneStore } from './gates.ts';
import { lateInstances, waitForInstances } from './instances.ts';
import type { PhaseRequest } from './migration.ts';
import type { MigrationDeps } from './migration-deps.ts';

/**
 * One step of a migration. Before it, every live instance acts on the record that it starts from, and after it on the new one: so no
 * two instances are ever more than one step apart, and neighbouring phases agree on where the truth is.
 */
export async function changePhase(
  deps: MigrationDeps,
  dataSet: Migrated,
  request: PhaseRequest,
  call: Call,
): Promise<PhaseRecord> {
  const facts = await gatherFacts(deps, dataSet, call);
  const { record } = facts;
  if (request.epoch !== undefined && request.epoch !== record.epoch)
    throw conflict(dataSet, record, request.epoch);
  const step = stepOf(record, request);
  if (step.phase === record.phase && step.readPercent === record.readPercent) return record;
  await waitForInstances(deps, dataSet, record.epoch, call);
  const late = await lateInstances(deps, dataSet, record.epoch, call);
  const blockers = [
    ...late.map((id) => `instance ${id} does not act on the present phase yet: wait, or stop it`),
    ...(await storeBlockers(deps, dataSet, record, step, call)),
    ...blockersOf(step, facts),
  ];
  if (blockers.length > 0) {
    // Phases that are not neighbours can not be forced: instances would be two steps apart.
    const canForce = late.length === 0 && Math.abs(distance(record.phase, step.phase)) <= 1;
    if (request.force !== true || !canForce) throw new PhaseNotReachable(dataSet, step.phase, blockers);
    deps.onForced(dataSet, blockers);
  }
  return take(deps, dataSet, record, step, request, call);
}

async function take(
  deps: MigrationDeps,
  dataSet: Migrated,
  record: PhaseRecord,
  step: PhaseStep,
  { changedBy, reason = '', force = false }: PhaseRequest,
  call: Call,
): Promise<PhaseRecord> {
  const change = { ...step, changedBy, reason: force ? `forced: ${reason}` : reason };
  const { outcome, record: after } = await deps.phases.change(dataSet, record.epoch, change, call);
  if (outcome === 'conflict') throw conflict(dataSet, after, record.epoch);
  await waitForInstances(deps, dataSet, after.epoch, call);
  return after;
}

function stepOf(record: PhaseRecord, request: PhaseRequest): PhaseStep {
  const { phase } = request;
  if (phase === 'primary') return { phase, readPercent: 100 };
  if (phase !== 'read-fallback') return { phase, readPercent: 0 };
  const stays = record.phase === phase ? record.readPercent : 0;
  return { phase, readPercent: request.readPercent ?? (record.phase === 'primary' ? 100 : stays) };
}

async function storeBlockers(
  { sets }: MigrationDeps,
  dataSet: Migrated,
  record: PhaseRecord,
  step: PhaseStep,
  call: Call,
): Promise<readonly string[]> {
  const set = sets[dataSet];
  // The way back stays free when the copy was taken out of the configuration.
  if (!set.migratable) return distance(record.phase, step.phase) < 0 ? [] : [oneStore(dataSet)];
  return record.phase === 'off' && step.phase === 'dual-write' ? set.examineCopy(call) : [];
}

function conflict(dataSet: Migrated, { epoch }: PhaseRecord, expected: number): VersionConflict {
  return new VersionConflict(
    `the migration of ${dataSet} is at epoch ${epoch}, but epoch ${expected} was expected: look again`,
    epoch,
  );
}
