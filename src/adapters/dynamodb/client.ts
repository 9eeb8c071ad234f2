import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CapacityObserver } from './capacity.ts';
import { observeCapacity } from './capacity.ts';
import { refusePlainHttp } from './plain-http.ts';

/** Credentials are no option: they come from the SDK's default chain, which keeps session tokens and renews them. */
export interface DynamoOptions extends CapacityObserver {
  readonly region: string;
  /** A server in place of AWS's own; tests and local runs only. The one way to a server without TLS. */
  readonly endpoint?: string | undefined;
  /** Attempts in all, the first included. Counters have 1: a repeated increment may count twice. */
  readonly maxAttempts: number;
  /** How long a connection, or the wait for a free one, may take. */
  readonly connectTimeoutMs: number;
  /** How long one attempt may take to its first byte, and how long its answer may pause. */
  readonly requestTimeoutMs: number;
  readonly maxConnections: number;
  /** Names the application to AWS (`app/NAME` in the user agent), up to 50 characters. */
  readonly appId?: string;
}

/** Opens a client; connections are made on first use. `destroy()` closes it. */
export function openDynamo(options: DynamoOptions): DynamoDBDocumentClient {
  const client = new DynamoDBClient(clientConfig(options));
  if (options.endpoint === undefined) refusePlainHttp(client);
  observeCapacity(client, options);
  // It copies what is sent and answered for a log that nobody keeps: a fortieth of a call.
  client.middlewareStack.remove('loggerMiddleware');
  return DynamoDBDocumentClient.from(client, {
    // Instances of classes, NaN, empty sets and integers beyond 2^53 throw, as the SDK has it: nothing is stored by guess.
    marshallOptions: { removeUndefinedValues: true },
    // The SDK makes a bigint of what is beyond 2^53, which no JSON takes, and throws for a fraction out there. As a number
    // it is imprecise and not a safe integer, which is what a decoder asks.
    unmarshallOptions: { wrapNumbers: Number },
  });
}

/** What every client of AWS is opened with. */
export type ConnectionOptions = Omit<DynamoOptions, keyof CapacityObserver>;

export function clientConfig(options: ConnectionOptions) {
  const agent = { keepAlive: true, maxSockets: options.maxConnections };
  return {
    region: options.region,
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    ...(options.appId !== undefined && { userAgentAppId: options.appId }),
    maxAttempts: options.maxAttempts,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      // Without it the SDK only logs that the time is over, and waits on.
      throwOnRequestTimeout: true,
      // The request time-out ends with the headers of the answer: this one goes on to its body.
      socketTimeout: options.requestTimeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  } satisfies DynamoDBClientConfig;
}
