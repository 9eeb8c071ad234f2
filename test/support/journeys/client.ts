/** An answer, when there was one: `lost` when the instance or the connection went away. */
export type Answer = Answered | { readonly outcome: 'lost' };

export interface Answered {
  readonly outcome: 'answered';
  readonly status: number;
  readonly retryAfter: string | null;
  readonly source: string | null;
  readonly body: unknown;
}

/** What a request took, for the figures of a journey. */
export interface Taken {
  readonly kind: 'read' | 'write';
  /** Of the test process's clock. Milliseconds. */
  readonly begunAt: number;
  readonly durationMs: number;
  /** `undefined`: lost. */
  readonly status: number | undefined;
  /** `x-mediamesh-source`: where a read was answered from. */
  readonly source: string | null;
}

export interface JourneyClient {
  /** Never throws. */
  send(method: string, path: string, body?: object): Promise<Answer>;
  taken(): readonly Taken[];
}

/** Longer than any answer may take: what hangs so long counts as a fault. */
const HANGS_MS = 15_000;

/** Talks to one instance; `url` is asked with every request, since a new start takes another port. */
export function createJourneyClient(url: () => string): JourneyClient {
  const taken: Taken[] = [];
  return {
    async send(method, path, body) {
      const begunAt = performance.now();
      const answer = await ask(url() + path, method, body).catch(lostOrHung);
      const { status, source } = answer.outcome === 'answered' ? answer : { status: undefined, source: null };
      const kind = method === 'GET' || path.endsWith('/batch-get') ? 'read' : 'write';
      taken.push({ kind, begunAt, durationMs: performance.now() - begunAt, status, source });
      return answer;
    },
    taken: () => taken,
  };
}

async function ask(url: string, method: string, body: object | undefined): Promise<Answered> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(HANGS_MS),
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return {
    outcome: 'answered',
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    source: response.headers.get('x-mediamesh-source'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function lostOrHung(error: unknown): Answer {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return { outcome: 'answered', status: 599, retryAfter: null, source: null, body: 'no answer at all' };
  }
  return { outcome: 'lost' };
}
