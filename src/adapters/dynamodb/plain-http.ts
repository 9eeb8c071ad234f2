import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * The SDK takes an endpoint from places that nobody looks at, such as a profile of the machine's. One without TLS would carry
 * the data in the open, so it must be configured by name.
 */
export function refusePlainHttp(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { protocol, hostname } = args.request as { protocol: string; hostname: string };
      if (protocol !== 'https:') throw new UnencryptedEndpoint(`${protocol}//${hostname}`);
      return next(args);
    },
    { step: 'build', name: 'refusePlainHttp' },
  );
}

class UnencryptedEndpoint extends Error {
  constructor(endpoint: string) {
    super(
      `the AWS configuration of this machine names ${endpoint}, which is not encrypted: remove it, or set AWS_ENDPOINT_URL_DYNAMODB to say that it is meant`,
    );
    this.name = 'UnencryptedEndpoint';
  }
}
