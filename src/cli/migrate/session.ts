import { DomainError } from '../../domain/errors.ts';
import type { Migration } from '../../domain/migration/migration.ts';
import type { Call } from '../../ports/call.ts';
import { CommandError } from '../command-error.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import type { Interrupts } from '../interrupts.ts';
import { listenForInterrupts } from '../interrupts.ts';
import type { OpenedStores } from '../open-service.ts';
import { openStores } from '../open-service.ts';
import type { Terminal } from '../terminal.ts';
import { createShortLog } from './short-log.ts';

/** What a command of a migration works with. */
export interface Session {
  readonly migration: Migration;
  readonly stores: OpenedStores;
  readonly interrupts: Interrupts;
  /** Aborted by Ctrl-C, and when the database is gone. */
  readonly call: Call;
}

/** Opens the stores of the configuration for one command; a command that was stopped ends with the code of the signal. */
export async function withMigration(
  terminal: Terminal,
  run: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  const interrupts = listenForInterrupts();
  try {
    const stores = await openStores((create) => create('error', createShortLog(terminal)));
    try {
      const call = { signal: AbortSignal.any([interrupts.stop, stores.lost]) };
      return await run({ migration: stores.local.cradle.migration, stores, interrupts, call });
    } catch (error) {
      if (interrupts.stop.aborted) return interrupts.exitCode();
      throw stores.lost.aborted ? stores.lost.reason : toldToPeople(error);
    } finally {
      await stores.close();
    }
  } finally {
    interrupts.release();
  }
}

/** What the domain refuses is no fault of the program: it is told without a stack. */
function toldToPeople(error: unknown): unknown {
  if (!(error instanceof DomainError) || error.code.startsWith('store-')) return error;
  const exitCode = error.code === 'job-not-possible' ? EXIT.refused : EXIT.error;
  return new CommandError(exitCode, error.message, { cause: error });
}
