import { StoreRefused, StoreThrottled, StoreTimeout, StoreUnavailable } from '../../domain/errors.ts';
import type { Call } from '../../ports/call.ts';

const STORE = 'DynamoDB';

/**
 * Runs a call on DynamoDB and raises the ports' errors in place of the SDK's; anything else goes through as it is, a failed
 * condition included. With `call` it rejects with the reason of the call's signal as soon as that is aborted; `run` still
 * hands the signal to the SDK, which ends the request.
 */
export async function withStoreErrors<Result>(run: () => Promise<Result>, call?: Call): Promise<Result> {
  try {
    return await (call === undefined ? run() : untilAborted(run, call.signal));
  } catch (error) {
    throw call?.signal.aborted === true ? call.signal.reason : toStoreError(error);
  }
}

/**
 * An abort is not always the SDK's to tell: while it asks for credentials it does not listen, and an answer that is cut off
 * half-way fails as a broken connection.
 */
function untilAborted<Result>(run: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const running = run().finally(() => signal.removeEventListener('abort', onAbort));
  return Promise.race([running, aborted.promise]);
}

type StoreError = new (store: string, cause: unknown) => Error;

const BY_NAME = new Map<string, StoreError>([
  ...named(StoreThrottled, [
    'LimitExceededException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'Throttling',
    'ThrottlingException',
    'TooManyRequestsException',
    'TransactionConflictException',
    'TransactionInProgressException',
  ]),
  ...named(StoreTimeout, ['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']),
  ...named(StoreUnavailable, [
    'InternalFailure',
    'InternalServerError',
    'ServiceUnavailable',
    'ServiceUnavailableException',
  ]),
  ...named(StoreRefused, [
    'AccessDeniedException',
    'CredentialsProviderError',
    'ExpiredToken',
    'ExpiredTokenException',
    'IncompleteSignatureException',
    'InvalidSignatureException',
    'MissingAuthenticationTokenException',
    'ResourceNotFoundException',
    'TokenProviderError',
    'UnencryptedEndpoint',
    'UnrecognizedClientException',
  ]),
]);

// Asked before the name: the SDK calls a connection that broke off `TimeoutError` as well (@smithy/node-http-handler 4.14).
const BROKEN_CONNECTION: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EMFILE',
]);

// A certificate that we do not trust or that is another's (OpenSSL's X509_V_ERR_*), or no TLS at the other end. Of an end point of
// one's own, or of a proxy that reads along: trying again does not help.
const NO_TRUST =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/;

function named(error: StoreError, names: readonly string[]): (readonly [string, StoreError])[] {
  return names.map((name) => [name, error] as const);
}

function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const translated = translationOf(error);
  return translated === undefined ? error : new translated(STORE, error);
}

function translationOf(error: Error): StoreError | undefined {
  if (isBrokenConnection(error)) return StoreUnavailable;
  if ('code' in error && NO_TRUST.test(String(error.code))) return StoreRefused;
  if (error.name === 'TransactionCanceledException') return translationOfCancellation(error);
  const status = statusOf(error);
  return BY_NAME.get(error.name) ?? (status === undefined ? undefined : translationOfStatus(status));
}

/** Or none came about in time: nothing was sent then. The SDK tells that apart by the text alone. */
function isBrokenConnection(error: Error): boolean {
  if ('code' in error && BROKEN_CONNECTION.has(error.code)) return true;
  return error.name === 'TimeoutError' && error.message.includes('did not establish a connection');
}

/** A proxy or load balancer between us and DynamoDB answers with a status and no name that the SDK knows. */
function translationOfStatus(status: number): StoreError | undefined {
  if (status === 429) return StoreThrottled;
  return status >= 500 ? StoreUnavailable : undefined;
}

function statusOf(error: Error): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

/** Why each action of the transaction failed, `None` for the others; codes as in the API reference of TransactWriteItems. */
const THROTTLED_CANCELLATION: ReadonlySet<string | undefined> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** A failed condition is the caller's to read, whatever else went wrong beside it. */
function translationOfCancellation(error: Error): StoreError | undefined {
  const { CancellationReasons = [] } = error as { CancellationReasons?: readonly { Code?: string }[] };
  const codes = CancellationReasons.map(({ Code }) => Code).filter((code) => code !== 'None');
  const isThrottled = codes.length > 0 && codes.every((code) => THROTTLED_CANCELLATION.has(code));
  return isThrottled ? StoreThrottled : undefined;
}
