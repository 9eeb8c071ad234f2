import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BulkOutcome, ProgramCatalog } from '../../ports/program-catalog.ts';
import type { Line } from '../lines.ts';
import type { ProgramChangeFeed } from './changes.ts';
import type { ProgramDraft } from './program.ts';
import { readProgramLine } from './program-line.ts';

/** Writes programs in bulk from lines of JSON, one program a line, as the export writes them. */
export interface ProgramImports {
  /**
   * Creates or replaces the program of each line; a line that is not a program is rejected and the rest goes in, in one
   * transaction. Blank lines are passed over and counted nowhere. When an id comes twice the end is as if the lines were
   * applied in turn, but it is written once: the earlier line counts as `unchanged`. Doing it again changes nothing.
   * Meant for up to 1,000 lines. Errors: those of {@link ProgramCatalog}; then no line of the batch was written for sure.
   */
  importBatch(lines: readonly Line[], call: Call): Promise<ImportOutcome>;
}

/** What became of the lines. `created + updated + unchanged` are the accepted ones. */
export interface ImportOutcome {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: readonly RejectedLine[];
}

export interface RejectedLine {
  readonly line: number;
  /** What is wrong and what would be right, on one line, without control characters. */
  readonly message: string;
}

export interface ProgramImportsDeps {
  readonly catalog: Pick<ProgramCatalog, 'putMany'>;
  readonly clock: Clock;
  readonly changes: Pick<ProgramChangeFeed, 'publish'>;
}

export function createProgramImports({ catalog, clock, changes }: ProgramImportsDeps): ProgramImports {
  return {
    async importBatch(lines, call) {
      const read = readLines(lines);
      const drafts = lastOfEach(read.drafts);
      const outcomes = await catalog.putMany(drafts, new Date(clock.now()), call);
      const changed = drafts.filter((_, index) => outcomes[index] !== 'unchanged');
      if (changed.length > 0) changes.publish(changed.map(({ programId }) => programId));
      return summed(outcomes, read.drafts.length - drafts.length, read.rejected);
    },
  };
}

function readLines(lines: readonly Line[]) {
  const drafts: ProgramDraft[] = [];
  const rejected: RejectedLine[] = [];
  for (const line of lines) {
    if (line.text?.trim() === '') continue;
    const read = line.text === undefined ? { message: line.error } : readProgramLine(line.text);
    if ('draft' in read) drafts.push(read.draft);
    else rejected.push({ line: line.line, message: read.message });
  }
  return { drafts, rejected };
}

/** Each program once, where it came last. A measure that the last line leaves out is the one an earlier line gave. */
function lastOfEach(drafts: readonly ProgramDraft[]): readonly ProgramDraft[] {
  const byId = new Map<string, ProgramDraft>();
  for (const draft of drafts) {
    const earlier = byId.get(draft.programId);
    byId.set(draft.programId, earlier === undefined ? draft : { ...measuresOf(earlier), ...draft });
  }
  return [...byId.values()];
}

function measuresOf({ viewCount, popularityScore }: ProgramDraft): Partial<ProgramDraft> {
  return {
    ...(viewCount === undefined ? {} : { viewCount }),
    ...(popularityScore === undefined ? {} : { popularityScore }),
  };
}

function summed(
  outcomes: readonly BulkOutcome[],
  overwritten: number,
  rejected: readonly RejectedLine[],
): ImportOutcome {
  const count = (wanted: BulkOutcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged') + overwritten,
    rejected,
  };
}
