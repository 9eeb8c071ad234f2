import type { ExitCode } from './exit-codes.ts';

/** Ends a command with an exit code. The message is for the person at the terminal: what is wrong and what to do. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
