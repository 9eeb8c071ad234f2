import type { Call } from '../ports/call.ts';
import type { Clock } from '../ports/clock.ts';
import type { CounterStore } from '../ports/counter-store.ts';
import type { HotProgramStore } from '../ports/hot-program-store.ts';
import type { Phase, PhaseStore } from '../ports/phase-store.ts';
import type { ProgramCatalog } from '../ports/program-catalog.ts';
import type { SearchIndex } from '../ports/search-index.ts';

export type CheckResult = 'up' | 'down';

export interface ReadinessReport {
  /** `ready`: everything works. `degraded`: programs can be read, something else does not work. `unavailable`: they can not be read. */
  readonly status: 'ready' | 'degraded' | 'unavailable';
  /** The migration phase of the programs; the last one known when it can not be read. */
  readonly phase: Phase;
  readonly checks: Readonly<Record<'catalog' | 'hotPrograms' | 'searchIndex' | 'counters', CheckResult>>;
}

/** Whether the service can do its work. Answers are kept for a second, so that probes never become load. */
export interface Readiness {
  check(): Promise<ReadinessReport>;
}

export interface ReadinessDeps {
  readonly catalog: Pick<ProgramCatalog, 'get'>;
  readonly hotPrograms: Pick<HotProgramStore, 'get'>;
  /** Whether the phase `primary` answers from the hot store alone: it has every program. */
  readonly isHotWhole: boolean;
  readonly searchIndex: Pick<SearchIndex, 'get'>;
  /** The index that documents are copied to, if there is another one. */
  readonly searchCopy: Pick<SearchIndex, 'get'> | undefined;
  readonly counters: Pick<CounterStore, 'peek'>;
  readonly phases: Pick<PhaseStore, 'read'>;
  readonly clock: Clock;
}

const KEPT_MS = 1000;
const PROBE_TIMEOUT_MS = 1000;
// Ids that are read as probes; whether they exist does not matter.
const PROBE_ID = 'readiness-probe';

export function createReadiness(deps: ReadinessDeps, probeTimeoutMs = PROBE_TIMEOUT_MS): Readiness {
  let phase: Phase = 'off';
  const readPhase = async (call: Call) => {
    ({ phase } = await deps.phases.read('programs', call));
  };
  const probe = async (): Promise<ReadinessReport> => {
    const [checks] = await Promise.all([checkStores(deps, probeTimeoutMs), isUp(probeTimeoutMs, readPhase)]);
    return { status: statusOf(checks, phase, deps), phase, checks };
  };
  let last: { readonly atMs: number; readonly report: Promise<ReadinessReport> } | undefined;
  return {
    check() {
      const now = deps.clock.now();
      if (last === undefined || Math.abs(now - last.atMs) >= KEPT_MS) last = { atMs: now, report: probe() };
      return last.report;
    },
  };
}

async function checkStores(deps: ReadinessDeps, timeoutMs: number): Promise<ReadinessReport['checks']> {
  const policy = { algorithm: 'fixed-window', limit: 1, windowMs: 1000 } as const;
  const [catalog, hotPrograms, searchIndex, counters] = await Promise.all([
    isUp(timeoutMs, (call) => deps.catalog.get(PROBE_ID, call)),
    isUp(timeoutMs, (call) => deps.hotPrograms.get(PROBE_ID, call)),
    // Asked themselves: what reads as the phase says would not notice a copy that is away.
    isUp(timeoutMs, async (call) => {
      await Promise.all([deps.searchIndex.get(PROBE_ID, call), deps.searchCopy?.get(PROBE_ID, call)]);
    }),
    isUp(timeoutMs, (call) => deps.counters.peek({ key: PROBE_ID, policy, cost: 1 }, call)),
  ]);
  return { catalog, hotPrograms, searchIndex, counters };
}

/**
 * In every phase but `primary` the catalogue answers in place of the hot store, and in `primary` too where the hot store has only
 * the popular programs. Where it has them all, programs and popular lists, what the service is asked for most, are 503 without it:
 * the phase can not do without, so a balancer is told, and the way back is one step of the migration. The search index never takes
 * an instance out: without it programs are still served.
 */
function statusOf(
  checks: ReadinessReport['checks'],
  phase: Phase,
  { isHotWhole }: Pick<ReadinessDeps, 'isHotWhole'>,
): ReadinessReport['status'] {
  if (checks.catalog === 'down') return 'unavailable';
  if (checks.hotPrograms === 'down' && phase === 'primary' && isHotWhole) return 'unavailable';
  return Object.values(checks).includes('down') ? 'degraded' : 'ready';
}

async function isUp(timeoutMs: number, run: (call: Call) => Promise<unknown>): Promise<CheckResult> {
  const signal = AbortSignal.timeout(timeoutMs);
  // An adapter that does not heed the signal must not hold the probe: it answers in time either way.
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([run({ signal }), late]).then(
    () => 'up',
    () => 'down',
  );
}
