import type { Variable } from '../variable.ts';
import { MODES, oneOf, text, wholeNumber } from '../variable.ts';

export const SERVICE = {
  MEDIAMESH_MODE: {
    ...oneOf(MODES),
    description:
      'A set of defaults that single variables override. `embedded`: our own Postgres under `DATA_DIR`; `memory`: nothing is kept; `engines`: servers named by the environment.',
    default: 'embedded',
    example: 'embedded',
  },
  HOST: {
    ...text('an address of this machine'),
    description: 'The address to listen on. Anything but loopback needs authentication.',
    default: '127.0.0.1',
    example: '127.0.0.1',
  },
  PORT: {
    ...wholeNumber(0, 65_535),
    description: 'The port to listen on; 0 takes a free one.',
    default: '3000',
    example: '3000',
  },
  AUTH: {
    ...oneOf(['off', 'proxy']),
    description:
      'Who may call. `off`: everybody who reaches the port, so it is refused on any address but loopback. `proxy`: what stands in front decides, an authenticating proxy or a port that is published on loopback alone.',
    default: 'off',
    example: 'off',
  },
  DATA_DIR: {
    ...text('a directory'),
    description: 'Where the embedded database keeps its files. Made when missing, for its owner alone.',
    default: './data',
    example: './data',
  },
  DEMO_CATALOG: {
    ...oneOf(['on', 'off']),
    description: 'Load a catalogue of 3,200 real films on the first start with an empty catalogue.',
    default: { embedded: 'on', memory: 'on', engines: 'off' },
    example: 'off',
  },
  RESPONSE_CACHE_BYTES: {
    ...wholeNumber(0, 8_000_000_000),
    description: 'The most bytes of answers kept ready to send; 0 keeps none.',
    default: '67108864',
    example: '67108864',
  },
  VIEW_ROLL_UP_SECONDS: {
    ...wholeNumber(1, 86_400),
    description:
      "How often counted views are added to the programs' `viewCount`, each time as a new version. Seconds.",
    default: '30',
    example: '30',
  },
  HANDLER_TIMEOUT_MS: {
    ...wholeNumber(100, 600_000),
    description:
      'How long an answer may take before it is a 503; import and export have no such bound. Milliseconds.',
    default: '10000',
    example: '10000',
  },
  SHUTDOWN_GRACE_MS: {
    ...wholeNumber(0, 600_000),
    description: 'How long requests in flight may go on after SIGTERM. Milliseconds.',
    default: '10000',
    example: '10000',
  },
  SLOW_CALL_MS: {
    ...wholeNumber(1, 600_000),
    description:
      'A call of a store that takes longer while a request waits is logged, with its operation and request. Milliseconds.',
    default: '100',
    example: '100',
  },
  LOG_LEVEL: {
    ...oneOf(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']),
    description: 'The least severe log lines that are written (JSON, to standard error).',
    default: 'info',
    example: 'info',
  },
} as const satisfies Record<string, Variable>;
