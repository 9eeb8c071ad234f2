import { DomainError } from '../../domain/errors.ts';
import type { Call } from '../../ports/call.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

export interface ObservedOptions {
  /** The port's name, such as `ProgramCatalog`. */
  readonly port: string;
  /** The adapter's name, such as `postgres`. */
  readonly adapter: string;
  readonly telemetry: Pick<Telemetry, 'called'>;
}

type Method = (...args: readonly unknown[]) => unknown;

/**
 * The same port, with every call told to the telemetry when it ends. Works for any port whose methods take a `Call`, last or
 * with options after it; methods that answer no promise are passed through.
 */
export function observed<Port extends object>(port: Port, options: ObservedOptions): Port {
  const methods = Object.entries(port).map(([operation, value]) => [
    operation,
    typeof value === 'function' ? observeMethod(operation, value.bind(port), options) : value,
  ]);
  return Object.fromEntries(methods) as Port;
}

function observeMethod(operation: string, method: Method, options: ObservedOptions): Method {
  return (...args) => {
    const begun = performance.now();
    const result = method(...args);
    if (!(result instanceof Promise)) return result;
    const call = args.findLast(isCall);
    const { telemetry, ...names } = options;
    const end = (outcome: string): void =>
      telemetry.called({
        ...names,
        operation,
        outcome,
        durationMs: performance.now() - begun,
        requestId: call?.requestId,
      });
    // The caller is handed the store's own promise: what is told to the telemetry is beside it.
    result.then(
      () => end('ok'),
      (error: unknown) => end(outcomeOf(error, call)),
    );
    return result;
  };
}

function outcomeOf(error: unknown, call: Call | undefined): string {
  if (call?.signal.aborted === true && error === call.signal.reason) return 'aborted';
  return error instanceof DomainError ? error.code : 'error';
}

function isCall(value: unknown): value is Call {
  return value instanceof Object && 'signal' in value && value.signal instanceof AbortSignal;
}
