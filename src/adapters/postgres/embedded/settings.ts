import { createHash } from 'node:crypto';

export interface SettingsChoice {
  /** `false` gives up safety against a crash of the machine for speed: for tests. */
  readonly durable: boolean;
  /** Which program files would run it. */
  readonly installation: string;
}

const COMMON: Record<string, string> = {
  // The loopback interface alone, and no socket file: its path has a length limit that a deep DATA_DIR breaks.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  cluster_name: 'mediamesh',
  // One service with a pool or two; each idle connection costs a process.
  max_connections: '50',
  // Modest, as it shares a laptop or a small container with the service; the system's cache does the rest.
  shared_buffers: '128MB',
  // A commit is handed to the system before it is acknowledged, so that a killed process loses none, synced or not.
  synchronous_commit: 'on',
  // Fewer checkpoints during a bulk import.
  max_wal_size: '1GB',
  // Queries take milliseconds: compiling one would cost more than it saves (and LLVM is not in the packages).
  jit: 'off',
  // Events of the server, not every statement that a constraint refuses: the service reports those itself.
  log_min_messages: 'log',
  log_checkpoints: 'off',
  logging_collector: 'off',
  log_line_prefix: '%m [%p] ',
};

// Said aloud in both cases, because a line in postgresql.conf would otherwise decide.
const DURABLE: Record<string, string> = { fsync: 'on', full_page_writes: 'on' };
// Where tests run, many services share a server.
const NOT_DURABLE: Record<string, string> = { fsync: 'off', full_page_writes: 'off', max_connections: '200' };

/**
 * A word for everything that a server left over from an earlier service must have in common with the one we would
 * start, if it is to be adopted. The server is given it as the setting `mediamesh.fingerprint`.
 */
export function fingerprintOf(choice: SettingsChoice): string {
  const content = JSON.stringify([choice.installation, settingsOf(choice)]);
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** The server's command line. It wins over the configuration files in the cluster. */
export function serverArguments(cluster: string, port: number, choice: SettingsChoice): string[] {
  const settings = {
    ...settingsOf(choice),
    'mediamesh.fingerprint': fingerprintOf(choice),
    port: String(port),
  };
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function settingsOf(choice: SettingsChoice): Record<string, string> {
  return { ...COMMON, ...(choice.durable ? DURABLE : NOT_DURABLE) };
}
