import type { Program } from '../../domain/program/program.ts';
import type { ProgramCard } from '../../domain/program/program-card.ts';

/** Programs that were read lately. One of a version never changes, so a card that names the version can be filled from here. */
export interface VersionedPrograms {
  /** The program at the card's version. */
  get(card: Pick<ProgramCard, 'programId' | 'version'>): Program | undefined;
  keep(program: Program): void;
}

/** Keeps at most `maxPrograms`; the ones that were not asked for longest go first. */
export function createVersionedPrograms(maxPrograms: number): VersionedPrograms {
  const kept = new Map<string, Program>();
  const touch = (program: Program): void => {
    kept.delete(program.programId);
    kept.set(program.programId, program);
  };
  return {
    get({ programId, version }) {
      const program = kept.get(programId);
      if (program?.version !== version) return undefined;
      touch(program);
      return program;
    },
    keep(program) {
      touch(program);
      const [oldest] = kept.keys();
      if (kept.size > maxPrograms && oldest !== undefined) kept.delete(oldest);
    },
  };
}
