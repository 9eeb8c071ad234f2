import type { DestinationStream, Logger } from 'pino';
import { destination, pino } from 'pino';
import type { Config } from './config.ts';

/**
 * The log: JSON lines to standard error. Of an error only its name, message, code, stack and causes are written: what drivers
 * hang on their errors (clients, settings, statements with values) can be secret.
 */
export function createLog(level: Config['logLevel'], stream: DestinationStream = destination(2)): Logger {
  const redact = ['req.headers.authorization', 'req.headers.cookie'];
  return pino({ level, redact, serializers: { err: describeError } }, stream);
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name, message, code, stack, ...(cause !== undefined && { cause: describeError(cause) }) };
}
