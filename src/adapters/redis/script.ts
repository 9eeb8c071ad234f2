import { createHash } from 'node:crypto';
import type { Call } from '../../ports/call.ts';
import type { RedisClient } from './client.ts';
import { untilAborted } from './until-aborted.ts';

export interface ScriptDefinition {
  /** Stands in the script's first line, where SLOWLOG and MONITOR show it. */
  readonly name: string;
  /** Lua 5.1. Whole numbers beyond 14 digits must be written with `string.format('%.0f', ...)`. */
  readonly lua: string;
  /** How many keys it takes; absent: any number. All of a call must be in one slot (one hash tag). */
  readonly keys?: number;
}

/**
 * Runs the script in one round trip and answers what it returned. A script that the server does not know (it was restarted, or
 * this is its first run) is sent again with its text: nothing of it has run by then. It is never sent again for another reason.
 */
export type RedisScript = (
  client: RedisClient,
  keys: readonly string[],
  args: readonly (string | number)[],
  call: Call,
) => Promise<unknown>;

export function defineScript({ name, lua, keys: keyCount }: ScriptDefinition): RedisScript {
  const text = `-- mediamesh ${name}\n${lua}`;
  const sha = createHash('sha1').update(text).digest('hex');
  return (client, keys, args, call) => {
    if (keyCount !== undefined && keys.length !== keyCount)
      throw new TypeError(`the script ${name} takes ${keyCount} keys, was given ${keys.length}`);
    return untilAborted(call, () =>
      client.evalsha(sha, keys.length, ...keys, ...args).catch((error: unknown) => {
        if (!isUnknownScript(error)) throw error;
        return client.eval(text, keys.length, ...keys, ...args);
      }),
    );
  };
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
