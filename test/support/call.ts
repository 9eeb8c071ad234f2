import type { Call } from '../../src/ports/call.ts';

/** A call that somebody waits for to the end. */
export function aCall(): Call {
  return { signal: new AbortController().signal };
}

/** A call whose caller has gone already, with the reason that the port must reject with. */
export function anAbortedCall(reason = new Error('the caller has gone')): Call & { readonly reason: Error } {
  return { signal: AbortSignal.abort(reason), reason };
}
