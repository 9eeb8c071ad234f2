// Stops with a clear message where Node is too old. Plain JavaScript, because that Node could not read anything else.
import { isSupportedNode, unsupportedNodeMessage } from '../bin/supported-node.mjs';

if (!isSupportedNode(process.versions.node)) {
  console.error(unsupportedNodeMessage(process.versions.node));
  process.exit(3);
}
