import { StoreRefused, StoreThrottled, StoreTimeout, StoreUnavailable } from '../../domain/errors.ts';
import type { Call } from '../../ports/call.ts';

const STORE = 'Redis';

/**
 * Runs a call on Redis and raises the ports' errors in place of the driver's; anything else goes through as it is. With `call`, so
 * does the reason of its signal, whatever that is.
 */
export async function withStoreErrors<Result>(run: () => Promise<Result>, call?: Call): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw toStoreError(error, call);
  }
}

type StoreError = new (store: string, cause: unknown) => Error;

// What the server answers, by the first word.
const BY_REPLY = new Map<string, StoreError>([
  ...each(StoreUnavailable, [
    // Only while a slot is on its way to another node.
    'ASK',
    'BUSY',
    'CLUSTERDOWN',
    'LOADING',
    'MASTERDOWN',
    'MISCONF',
    'NOREPLICAS',
    'READONLY',
    'TRYAGAIN',
    'UNBLOCKED',
  ]),
  ...each(StoreThrottled, ['OOM']),
  // A client that is not set up for a cluster is redirected, and does not follow.
  ...each(StoreRefused, ['MOVED', 'NOAUTH', 'NOPERM', 'NOPROTO', 'WRONGPASS']),
]);

// What has no code of its own, by its text: ioredis 6.0, Redis 6.2 to 7.2.
const BY_TEXT: readonly (readonly [RegExp, StoreError])[] = [
  [/^Command timed out$/, StoreTimeout],
  [/^(Connection is closed|Stream isn't writeable|Reached the max retries)/, StoreUnavailable],
  [/^Command aborted due to connection close/, StoreUnavailable],
  [
    /^(Cluster isn't ready|Cluster is (ended|disconnect)|None of startup nodes|Failed to refresh slots)/,
    StoreUnavailable,
  ],
  [/^Too many Cluster redirections/, StoreUnavailable],
  [/^ERR max number of clients reached/, StoreUnavailable],
  // The slot of the script's key went to another node while it ran.
  [/^ERR .*Script attempted to access a non local key/, StoreUnavailable],
  [/^ERR This instance has cluster support disabled/, StoreRefused],
  [/^ERR (The user executing the script|invalid password|Client sent AUTH)/, StoreRefused],
];

const BROKEN_CONNECTION: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EMFILE',
]);

// A certificate that we do not trust or that is another's (OpenSSL's X509_V_ERR_*), or no TLS at the other end.
const NO_TRUST =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/;

function each(error: StoreError, codes: readonly string[]): (readonly [string, StoreError])[] {
  return codes.map((code) => [code, error] as const);
}

/** What {@link withStoreErrors} raises for an error. */
export function toStoreError(error: unknown, call?: Call): unknown {
  if (call?.signal.aborted === true) return call.signal.reason;
  if (!(error instanceof Error)) return error;
  forgetValues(error);
  const translated = translationOf(error);
  return translated === undefined ? error : new translated(STORE, error);
}

function translationOf(error: Error): StoreError | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (BROKEN_CONNECTION.has(code)) return StoreUnavailable;
  if (NO_TRUST.test(code)) return StoreRefused;
  const byText = BY_TEXT.find(([text]) => text.test(error.message));
  return byText?.[1] ?? BY_REPLY.get(replyCode(error.message));
}

/** Redis 6.2 puts what a command of a script answered behind `ERR Error running script (...): @user_script:1: -`. */
function replyCode(message: string): string {
  return /^(?:ERR Error running script .*?: ?-)?([A-Z]+) /.exec(message)?.[1] ?? '';
}

/** ioredis hangs the command and its arguments on the error, and errors are logged: values must not be. */
function forgetValues(error: Error): void {
  if (!('command' in error) || typeof error.command !== 'object' || error.command === null) return;
  if ('name' in error.command) error.command = { name: error.command.name };
}
