import { openSimulatedCounters } from '../../container/operations/simulated-counters.ts';
import { PolicySyntaxError } from '../../domain/limits/named-policy.ts';
import { splitLines } from '../../domain/lines.ts';
import { CommandError } from '../command-error.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { createProgress } from '../import/progress.ts';
import type { Input } from '../input/open-input.ts';
import { openInput } from '../input/open-input.ts';
import type { Interrupts } from '../interrupts.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { createAccessReader } from '../limits/access-reader.ts';
import type { FieldOptions } from '../limits/fields.ts';
import type { Lane } from '../limits/lanes.ts';
import { lanesOf } from '../limits/lanes.ts';
import type { SimulationEnd } from '../limits/report.ts';
import { resultJson, sayDoubts, saySummary, tableText } from '../limits/report.ts';
import type { Simulation } from '../limits/simulation.ts';
import { createSimulation } from '../limits/simulation.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';
import { writeText } from '../write-text.ts';

export interface SimulateOptions extends FieldOptions {
  readonly log: string;
  readonly policy: readonly string[];
  readonly maxKeys: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Says what policies would have done to the requests of a log; asks no store and no service. */
export async function simulateLimits(terminal: Terminal, options: SimulateOptions): Promise<ExitCode> {
  const lanes = readLanes(options.policy);
  const interrupts = listenForInterrupts();
  const input = await openInput(options.log, terminal, interrupts.stop);
  try {
    const { maxKeys } = options;
    const reader = createAccessReader(options);
    const simulation = createSimulation({ lanes, reader, openCounters: openSimulatedCounters, maxKeys });
    return await simulate(simulation, lanes, { terminal, options, input, interrupts });
  } finally {
    input.close();
    interrupts.release();
  }
}

function readLanes(texts: readonly string[]): readonly Lane[] {
  try {
    return lanesOf(texts);
  } catch (error) {
    throw error instanceof PolicySyntaxError ? wrongPolicy(error) : error;
  }
}

function wrongPolicy(cause: PolicySyntaxError): CommandError {
  return new CommandError(EXIT.usage, `--policy ${cause.message}`, { cause });
}

interface Session {
  readonly terminal: Terminal;
  readonly options: SimulateOptions;
  readonly input: Input;
  readonly interrupts: Interrupts;
}

async function simulate(simulation: Simulation, lanes: readonly Lane[], session: Session): Promise<ExitCode> {
  const { options, interrupts } = session;
  const startedAt = performance.now();
  const lastLine = await readAll(simulation, session);
  const { log: file, maxKeys } = options;
  const seconds = (performance.now() - startedAt) / 1000;
  const isComplete = !interrupts.stop.aborted;
  const end = { file, maxKeys, result: simulation.result(), seconds, isComplete };
  await report(end, lanes, session, lastLine);
  if (!isComplete) return interrupts.exitCode();
  return simulation.rejected() > 0 ? EXIT.linesRejected : EXIT.ok;
}

/** Answers the number of the last line that was dealt with. */
async function readAll(simulation: Simulation, session: Session): Promise<number> {
  const { terminal, input, options, interrupts } = session;
  const call = { signal: new AbortController().signal };
  const progress = createProgress(terminal, input, options.quiet === true);
  let lastLine = 0;
  try {
    for await (const lines of splitLines(input.bytes)) {
      for (const line of lines) await simulation.add(line, call);
      lastLine = lines.at(-1)?.line ?? lastLine;
      progress.update({ ...NOTHING_IMPORTED, ...progressOf(simulation), lastLine });
      if (interrupts.stop.aborted) break;
    }
  } catch (error) {
    // An input that was closed because of the wish to stop breaks off wherever it is.
    if (!interrupts.stop.aborted) throw error;
  } finally {
    progress.end();
  }
  return lastLine;
}

const NOTHING_IMPORTED = { created: 0, updated: 0 };

function progressOf(simulation: Simulation): { readonly unchanged: number; readonly rejected: number } {
  return { unchanged: simulation.requests(), rejected: simulation.rejected() };
}

async function report(
  end: SimulationEnd,
  lanes: readonly Lane[],
  { terminal, options }: Session,
  lastLine: number,
): Promise<void> {
  const { result } = end;
  sayDoubts(terminal, end);
  if (result.requests === 0 && end.isComplete)
    throw new CommandError(EXIT.error, `${end.file} has no request to simulate`);
  await writeText(terminal.stdout, options.json === true ? resultJson(end) : tableText(result));
  if (options.quiet === true) return;
  for (const name of namesForSomeRoutes(lanes))
    say(terminal, `${name} is for some operations only: here every request counts.`);
  saySummary(terminal, end, lastLine);
}

/** A log does not say which operation a request was. */
function namesForSomeRoutes(lanes: readonly Lane[]): ReadonlySet<string> {
  const policies = lanes.flatMap((lane) => lane.policies);
  return new Set(policies.filter(({ routes }) => routes.length > 0).map(({ name }) => name));
}
