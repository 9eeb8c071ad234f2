import { StoreRefused, StoreTimeout, StoreUnavailable } from '../../domain/errors.ts';

const STORE = 'Postgres';

// SQLSTATE classes and codes (PostgreSQL manual, appendix A) that mean "not now", whatever the statement was.
const UNAVAILABLE = /^(08...|53...|57P0[1-5]|25006|25P03|25P04|40001|40P01|55P03)$/;
const TIMED_OUT = /^57014$/;
// No such user, password or database; no permission.
const REFUSED = /^(28...|3D000|42501)$/;
// A certificate that we do not trust or that is another's (OpenSSL's X509_V_ERR_*), or no TLS at the other end.
const NO_TRUST =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/;
const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ECONNABORTED',
  'EADDRNOTAVAIL',
  'ENETDOWN',
  'EMFILE',
]);

/** Runs a call on Postgres and raises the ports' errors in place of the driver's; anything else goes through as it is. */
export async function withStoreErrors<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw toStoreError(error);
  }
}

/** What {@link withStoreErrors} raises for an error. */
export function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (TIMED_OUT.test(code) || isReadTimeout(error)) return new StoreTimeout(STORE, error);
  if (UNAVAILABLE.test(code) || SOCKET_CODES.has(code) || isLostConnection(error))
    return new StoreUnavailable(STORE, error);
  if (REFUSED.test(code) || NO_TRUST.test(code) || isWithoutTls(error)) return new StoreRefused(STORE, error);
  return error;
}

function isWithoutTls(error: Error): boolean {
  return error.message === 'The server does not support SSL connections';
}

/** Whether the client gave a query up because the server did not answer; pg gives it no code (pg 8.23, lib/client.js). */
export function isReadTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

// pg gives these no code: they are plain errors told apart by their text alone (pg 8.23, lib/client.js and pg-pool).
function isLostConnection(error: Error): boolean {
  return /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/.test(
    error.message,
  );
}
