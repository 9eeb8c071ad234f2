import type { Call } from '../../../src/ports/call.ts';

/** Whether an argument is the call, which mostly is the last, and in some methods stands before options. */
export function isCall(value: unknown): value is Call {
  return (
    typeof value === 'object' && value !== null && 'signal' in value && value.signal instanceof AbortSignal
  );
}
