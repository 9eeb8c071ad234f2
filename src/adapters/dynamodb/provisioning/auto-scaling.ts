import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { ConnectionOptions } from '../client.ts';
import { clientConfig } from '../client.ts';

/** Opens a client of Application Auto Scaling, which scales tables of provisioned capacity. `destroy()` closes it. */
export function openAutoScaling(options: ConnectionOptions): ApplicationAutoScalingClient {
  return new ApplicationAutoScalingClient(clientConfig(options));
}
