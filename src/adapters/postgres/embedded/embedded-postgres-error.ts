/**
 * Why our own PostgreSQL could not be started.
 * - `data-dir-in-use`: another live service (or a server of another user) works on the directory.
 * - `binaries-missing`: no PostgreSQL binaries for this machine are installed.
 * - `data-dir-unreachable`: the directory cannot be made, or no account PostgreSQL may run under can get to it.
 * - `foreign-data-dir`: the directory holds files that are not ours.
 * - `version-mismatch`: the files were written by another major version of PostgreSQL.
 * - `start-failed`: anything else; the message carries the end of the server's log.
 */
export type EmbeddedPostgresErrorCode =
  | 'data-dir-in-use'
  | 'binaries-missing'
  | 'data-dir-unreachable'
  | 'start-failed'
  | 'foreign-data-dir'
  | 'version-mismatch';

/** The message says what to do about it and may be shown to the person who starts the service. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}

/** The `code` of an error of the operating system (`ENOENT`, `EACCES` ...). */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
