import { hostname, userInfo } from 'node:os';

/** Who gives the command, for the history: `cli (ann@workstation)`. */
export function whoAsks(): string {
  return `cli (${userName()}@${hostname()})`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the number of a user may have no name.
    return 'somebody';
  }
}
