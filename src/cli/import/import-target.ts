import type { Line } from '../../domain/lines.ts';
import type { ImportOutcome, ProgramImports } from '../../domain/program/program-imports.ts';
import { readProgramLine } from '../../domain/program/program-line.ts';
import type { Call } from '../../ports/call.ts';

/** Where imported lines go. */
export interface ImportTarget {
  /** For messages: "into ..."; `undefined` when nothing is written. */
  readonly name: string | undefined;
  /** Writes a batch. A repeat changes nothing. */
  importBatch(lines: readonly Line[], call: Call): Promise<ImportOutcome>;
  /** Resolves when what was imported can be searched, as far as this process has to see to it. */
  settle(signal: AbortSignal): Promise<void>;
}

/** The use case in this process. */
export function createAppTarget(
  imports: ProgramImports,
  name: string,
  settle: (signal: AbortSignal) => Promise<void>,
): ImportTarget {
  return { name, importBatch: (lines, call) => imports.importBatch(lines, call), settle };
}

/** Checks every line and writes none: all good ones count as unchanged. */
export function createDryRunTarget(): ImportTarget {
  return {
    name: undefined,
    async importBatch(lines) {
      const read = lines
        .filter(({ text }) => text?.trim() !== '')
        .map((line) => ({
          line: line.line,
          ...(line.text === undefined ? { message: line.error } : readProgramLine(line.text)),
        }));
      const rejected = read.flatMap((each) =>
        'message' in each ? { line: each.line, message: each.message } : [],
      );
      return { created: 0, updated: 0, unchanged: read.length - rejected.length, rejected };
    },
    settle: async () => undefined,
  };
}
