import type { Redis } from 'ioredis';
import type { Call } from '../../../ports/call.ts';
import { untilAborted } from '../until-aborted.ts';

/** The fields of `INFO`, and what `CONFIG` adds where it is allowed. */
export interface ServerInfo {
  readonly field: (name: string) => string | undefined;
  /** `always`, `everysec` or `no`; `undefined`: unknown. */
  readonly appendfsync: string | undefined;
  /** The rule by which snapshots are written, `''` for never; `undefined`: unknown. */
  readonly save: string | undefined;
}

/** What the server tells of itself, or `undefined` when we may not ask. */
export async function readInfo(node: Redis, call: Call): Promise<ServerInfo | undefined> {
  const text = await unlessForbidden(untilAborted(call, () => node.info()));
  if (text === undefined) return undefined;
  const fields = new Map(
    Array.from(text.matchAll(/^(\w+):(.*?)\r?$/gm), ([, name = '', value = '']) => [name, value]),
  );
  return {
    field: (name) => fields.get(name),
    appendfsync: await readConfig(node, 'appendfsync', call),
    save: await readConfig(node, 'save', call),
  };
}

async function readConfig(node: Redis, name: string, call: Call): Promise<string | undefined> {
  const answer = await unlessForbidden(untilAborted(call, () => node.config('GET', name)));
  return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : undefined;
}

/** Hosted servers rename or forbid commands that are not for customers. */
export async function unlessForbidden<Reply>(reply: Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof Error && /^(NOPERM|ERR unknown command|ERR unknown subcommand)/.test(error.message))
      return undefined;
    throw error;
  }
}
