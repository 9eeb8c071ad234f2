import type { Logger } from 'pino';
import type { Telemetry } from '../../ports/telemetry.ts';

/** Telemetry as log lines. */
export function createLogTelemetry({ log }: { readonly log: Logger }): Telemetry {
  return {
    failed: (operation, error) =>
      log.error({ err: error, operation }, 'background work failed and will be tried again'),
  };
}
