import { CommandError } from './command-error.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';

/** What a failed command says and how it ends. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly message: string;
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there (connection refused)',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name can not be looked up now',
  EHOSTUNREACH: 'the host can not be reached',
  ENETUNREACH: 'the network can not be reached',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped coming',
  UND_ERR_SOCKET: 'the connection broke off',
};

/** SQLSTATE classes and codes by which Postgres says that it can not be used: credentials, no such database, shutting down, full. */
const POSTGRES_UNUSABLE = /^(?:08|28|53|57P|3D)/;

/** Sorts an error into an exit code and a message. An error that nothing foresaw keeps its stack, to be reported. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) return { exitCode: error.exitCode, message: error.message };
  if (!(error instanceof Error)) return { exitCode: EXIT.error, message: String(error) };
  if (error.name === 'ConfigError') return { exitCode: EXIT.configuration, message: error.message };
  if (error.name === 'EmbeddedPostgresError') return { exitCode: EXIT.unreachable, message: error.message };
  if (error.name === 'TablesNotReady' || error.name === 'SchemaTooNew')
    return { exitCode: EXIT.differs, message: error.message };
  const reason = unreachableReason(error);
  if (reason !== undefined) return { exitCode: EXIT.unreachable, message: reason };
  if (codeOf(error) === 'EADDRINUSE') {
    const message = `${addressOf(error)}the port is taken: set PORT to another one, or to 0 for a free one`;
    return { exitCode: EXIT.error, message };
  }
  const isSystem = codeOf(error) !== undefined && 'syscall' in error;
  return { exitCode: EXIT.error, message: isSystem ? error.message : (error.stack ?? error.message) };
}

/** Why a dependency can not be reached, when that is what the error or one of its causes says. */
export function unreachableReason(error: unknown): string | undefined {
  for (const each of withCauses(error)) {
    const code = codeOf(each) ?? '';
    const network = NETWORK[code];
    if (network !== undefined) return `${addressOf(each)}${network}`;
    const isPostgres = POSTGRES_UNUSABLE.test(code) && code.length === 5;
    if (isPostgres || code.startsWith('store-')) return deepestMessage(each);
  }
  return undefined;
}

function* withCauses(error: unknown): Generator<Error> {
  for (let each = error; each instanceof Error; each = each.cause) {
    yield each;
    // A host with several addresses fails with one error for each of them.
    if (each instanceof AggregateError) yield* each.errors.filter((inner) => inner instanceof Error);
  }
}

function deepestMessage(error: Error): string {
  if (!(error.cause instanceof Error)) return error.message;
  const [firstLine] = error.cause.message.split('\n');
  const reason = unreachableReason(error.cause) ?? firstLine;
  return reason ? `${error.message}: ${reason}` : error.message;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function addressOf(error: Error): string {
  const { address, port } = error as { address?: unknown; port?: unknown };
  return typeof address === 'string' ? `${address}${typeof port === 'number' ? `:${port}` : ''}: ` : '';
}
