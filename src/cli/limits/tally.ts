import { compareText } from '../../domain/text.ts';

/** What became of the requests of one lane. */
export interface Tally {
  count(client: string, isAdmitted: boolean): void;
  result(): TallyResult;
}

export interface TallyResult {
  readonly admitted: number;
  readonly denied: number;
  /** Of those that could be told apart. */
  readonly clientsDenied: number;
  /** At most three, the most denied first. */
  readonly mostDenied: readonly { readonly client: string; readonly denied: number }[];
  /** Denials of clients that came when `maxClients` had been denied already: they are in `denied` alone. */
  readonly untold: number;
}

const SHOWN = 3;

/** Tells up to `maxClients` denied clients apart. */
export function createTally(maxClients: number): Tally {
  const deniedOf = new Map<string, number>();
  let admitted = 0;
  let denied = 0;
  let untold = 0;
  return {
    count(client, isAdmitted) {
      if (isAdmitted) {
        admitted += 1;
        return;
      }
      denied += 1;
      const before = deniedOf.get(client);
      if (before === undefined && deniedOf.size >= maxClients) untold += 1;
      else deniedOf.set(client, (before ?? 0) + 1);
    },
    result: () => ({
      admitted,
      denied,
      clientsDenied: deniedOf.size,
      mostDenied: mostDenied(deniedOf),
      untold,
    }),
  };
}

function mostDenied(deniedOf: ReadonlyMap<string, number>): TallyResult['mostDenied'] {
  let most: { client: string; denied: number }[] = [];
  for (const [client, denied] of deniedOf) {
    most = [...most, { client, denied }]
      .sort((a, b) => b.denied - a.denied || compareText(a.client, b.client))
      .slice(0, SHOWN);
  }
  return most;
}
