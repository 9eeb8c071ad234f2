/** What a client was asked: a method and its arguments. */
export interface Recorded {
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface Recorder<Client extends object> {
  /** Behaves as the client, and notes what it is asked. */
  readonly client: Client;
  /** Hands out what was noted and begins anew. */
  take(): readonly Recorded[];
}

/**
 * Notes the calls of some of a client's methods, so that the bare client can be asked the very same. With `isDry` nothing is
 * sent: each call is noted and never answered, for requests that can be made only once.
 */
export function record<Client extends object>(
  client: Client,
  methods: readonly string[],
  { isDry = false } = {},
): Recorder<Client> {
  const { note, take } = noting();
  const proxy = new Proxy(client, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method, target);
      if (typeof value !== 'function') return value;
      if (typeof method !== 'string' || !methods.includes(method)) return value.bind(target) as unknown;
      return (...args: unknown[]) => {
        note({ method, args });
        return isDry ? new Promise(() => undefined) : (value.apply(target, args) as unknown);
      };
    },
  });
  return { client: proxy, take };
}

/** A list to note calls in. */
export function noting(): { note(call: Recorded): void; take(): readonly Recorded[] } {
  let noted: Recorded[] = [];
  return {
    note: (call) => void noted.push(call),
    take() {
      const taken = noted;
      noted = [];
      return taken;
    },
  };
}

/** Asks the bare client what was noted. */
export function replay(client: object, { method, args }: Recorded): Promise<unknown> {
  const call = Reflect.get(client, method) as (...args: readonly unknown[]) => Promise<unknown>;
  return call.apply(client, args as unknown[]);
}
