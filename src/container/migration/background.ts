import type { PhaseWatch } from '../../adapters/migration/phase-watch.ts';
import type { BackgroundLoop } from '../../adapters/system/background-loop.ts';
import { createBackgroundLoop } from '../../adapters/system/background-loop.ts';
import type { Config } from '../../config.ts';
import type { CopiedSet } from '../../domain/migration/copied-set.ts';
import type { HotLists } from '../../domain/migration/hot-lists.ts';
import type { PopularScope } from '../../domain/migration/hot-scope.ts';
import { renewCopies } from '../../domain/migration/renew-copies.ts';
import { createWatchdog } from '../../domain/migration/watchdog.ts';
import type { Program } from '../../domain/program/program.ts';
import type { SearchDocument } from '../../domain/search/document.ts';
import type { Call } from '../../ports/call.ts';
import type { MonotonicClock } from '../../ports/clock.ts';
import type { Comparisons } from '../../ports/comparisons.ts';
import type { Leases } from '../../ports/leases.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { Migrated, PhaseStore } from '../../ports/phase-store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { CopyReads } from './copy-reads.ts';

/** What goes on beside the requests of an instance while data moves. */
export interface MigrationBackgroundDeps {
  readonly config: Config;
  readonly monotonicClock: MonotonicClock;
  readonly telemetry: Telemetry;
  readonly outbox: Outbox;
  readonly phaseStore: PhaseStore;
  readonly phaseWatch: PhaseWatch;
  readonly comparisons: Comparisons;
  readonly hotLists: HotLists;
  readonly leases: Leases;
  readonly instanceId: string;
  readonly popularScope: PopularScope | undefined;
  readonly programCopies: CopiedSet<Program> | undefined;
  readonly documentCopies: CopiedSet<SearchDocument> | undefined;
  readonly programReads: CopyReads<Program> | undefined;
  readonly documentReads: CopyReads<SearchDocument> | undefined;
}

const ROUND_TIMEOUT_MS = 20_000;
const WATCH_MS = 1000;
const SHADOW_IDLE_MS = 100;

/** Loops that look after the reads of this instance. */
export function createWatchLoops(deps: MigrationBackgroundDeps): readonly BackgroundLoop[] {
  const { programReads, documentReads } = deps;
  return [
    ...watchLoops(deps, 'programs', programReads),
    ...watchLoops(deps, 'search', documentReads),
    ...listLoops(deps),
  ];
}

function watchLoops(
  deps: MigrationBackgroundDeps,
  dataSet: Migrated,
  reads: CopyReads<unknown> | undefined,
): readonly BackgroundLoop[] {
  if (reads === undefined) return [];
  const watch = createWatchdogOf(deps, dataSet, reads);
  const look = async (call: Call): Promise<number> => {
    const { phase } = deps.phaseWatch.current(dataSet);
    await reads.shadow.flush(call);
    if (phase !== 'off') await reads.parked.refresh(call);
    await watch(call);
    deps.telemetry.migrating(dataSet, {
      ...deps.phaseWatch.current(dataSet),
      ...(await deps.outbox.depth(dataSet, call)),
    });
    return 0;
  };
  const watching = loop(deps, `${dataSet}.watch`, WATCH_MS, look);
  // Metrics tell of another phase at once, not with the next look.
  deps.phaseWatch.onChange((changed) => {
    if (changed === dataSet) watching.nudge();
  });
  return [
    loop(deps, `${dataSet}.shadow-reads`, SHADOW_IDLE_MS, (call) => reads.shadow.round(call)),
    watching,
  ];
}

function createWatchdogOf(deps: MigrationBackgroundDeps, dataSet: Migrated, { health }: CopyReads<unknown>) {
  const { phaseStore: phases, outbox, comparisons, monotonicClock, telemetry, config } = deps;
  return createWatchdog(dataSet, {
    phases,
    outbox,
    comparisons,
    bounds: config.migration,
    health,
    elapsedMs: () => monotonicClock.elapsedMs(),
    onLowered: (lowered, readPercent, reason) => telemetry.loweredReads(lowered, readPercent, reason),
  });
}

function listLoops(deps: MigrationBackgroundDeps): readonly BackgroundLoop[] {
  const { programCopies, phaseWatch, hotLists, popularScope } = deps;
  if (programCopies === undefined) return [];
  const build = async (call: Call): Promise<number> => {
    if (phaseWatch.current('programs').phase === 'off') return 0;
    await hotLists.round(call);
    return 0;
  };
  return [
    loop(deps, 'programs.lists', WATCH_MS, build),
    ...(popularScope ? scopeLoops(deps, popularScope, programCopies) : []),
  ];
}

/** Copies of popular programs alone: who is one, and that their time does not run out. */
function scopeLoops(
  deps: MigrationBackgroundDeps,
  scope: PopularScope,
  set: CopiedSet<Program>,
): readonly BackgroundLoop[] {
  const { outbox, leases, instanceId, phaseWatch } = deps;
  const refresh = async (call: Call): Promise<number> => {
    await scope.refresh(call);
    return 0;
  };
  const renew = async (call: Call): Promise<number> => {
    if (phaseWatch.current('programs').phase !== 'off')
      await renewCopies({ set, outbox, leases, instanceId }, call);
    return 0;
  };
  return [
    loop(deps, 'programs.scope', SCOPE_MS, refresh),
    loop(deps, 'programs.renewal', RENEWAL_LOOK_MS, renew, RENEWAL_TIMEOUT_MS),
  ];
}

const SCOPE_MS = 60_000;
/** Whether a day has passed is looked at so often. */
const RENEWAL_LOOK_MS = 600_000;
/** For a pass over millions of rows. */
const RENEWAL_TIMEOUT_MS = 600_000;

function loop(
  { telemetry }: MigrationBackgroundDeps,
  name: string,
  idleMs: number,
  round: (call: Call) => Promise<number>,
  roundTimeoutMs = ROUND_TIMEOUT_MS,
): BackgroundLoop {
  return createBackgroundLoop({ name, round, idleMs, roundTimeoutMs, telemetry });
}
