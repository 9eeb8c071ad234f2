import { createBackgroundLoop } from '../../adapters/system/background-loop.ts';
import type { CopiedSet } from '../../domain/migration/copied-set.ts';
import { relayCopies } from '../../domain/migration/relay.ts';
import type { Program } from '../../domain/program/program.ts';
import type { SearchDocument } from '../../domain/search/document.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Loops } from './loops.ts';
import { together } from './loops.ts';

export interface RelayLoopsDeps {
  readonly telemetry: Telemetry;
  readonly outbox: Outbox;
  readonly programCopies: CopiedSet<Program> | undefined;
  readonly documentCopies: CopiedSet<SearchDocument> | undefined;
}

/** Marks that another instance left, or that were put off, are found this late at most. Milliseconds. */
const IDLE_MS = 250;
/** The helper is called when there is much to do, and looks by itself only for what it was not called for. Milliseconds. */
const HELPER_IDLE_MS = 1000;
/** A round that takes so long does not keep other marks waiting: the other loop is called, again and again. Milliseconds. */
const PATIENCE_MS = 100;
const ROUND_TIMEOUT_MS = 20_000;
const RELAY = { batch: 500, concurrency: 32 };
/** Each round costs three statements, however few its marks. A lone write does not wait; those right after it do. */
const GATHER_MS = 25;

/** Loops that bring copies up to date. */
export function createRelayLoops(deps: RelayLoopsDeps): Loops {
  const { programCopies, documentCopies } = deps;
  return together([...relayOf(deps, programCopies), ...relayOf(deps, documentCopies)]);
}

/** A loop that does what there mostly is, and one that helps: while one batch is written the next is claimed and read. */
function relayOf<Value>(deps: RelayLoopsDeps, set: CopiedSet<Value> | undefined): readonly Loops[] {
  if (set === undefined) return [];
  const { outbox, telemetry } = deps;
  const loop = (idleMs: number, callOther: () => void) =>
    createBackgroundLoop({
      name: `${set.dataSet}.relay`,
      round: (call) => impatient(callOther, relayCopies({ outbox, set, ...RELAY, onFull: callOther }, call)),
      full: RELAY.batch,
      idleMs,
      gatherMs: GATHER_MS,
      roundTimeoutMs: ROUND_TIMEOUT_MS,
      telemetry,
    });
  const helper = loop(HELPER_IDLE_MS, () => relay.nudge());
  const relay = loop(IDLE_MS, () => helper.nudge());
  return [{ ...together([relay, helper]), nudge: () => relay.nudge() }];
}

/** What was marked after the round had claimed was told to nobody but the loop that is in it. */
async function impatient(callOther: () => void, round: Promise<number>): Promise<number> {
  const calling = setInterval(callOther, PATIENCE_MS);
  try {
    return await round;
  } finally {
    clearInterval(calling);
  }
}
