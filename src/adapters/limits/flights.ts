import { counterName } from '../../domain/limits/counter-name.ts';
import type { Policy } from '../../domain/limits/policy.ts';

/** Whatever names a counter. */
export interface CounterId {
  readonly key: string;
  readonly policy: Omit<Policy, 'limit'>;
}

/** Calls about a counter that began since it was last changed through this instance. */
export interface Flight {
  readonly name: string;
  readonly key: string;
  /** Whether it has not been changed again: what the calls bring is as of then or later. */
  isFresh: boolean;
  calls: number;
  lowestLimit: number;
}

/** Tells an answer that was overtaken by a change, which must not be remembered, from one that was not. */
export interface Flights {
  join(request: { readonly key: string; readonly policy: Policy }): Flight;
  leave(flight: Flight): void;
  /** From now on what is on its way about a counter does not count as fresh, if it is about a limit below so much. */
  outdate(counter: CounterId, belowLimit: number): void;
  outdateKey(key: string): void;
}

/** Takes memory for counters with calls under way only. */
export function createFlights(): Flights {
  const flights = new Map<string, Flight>();

  function end(flight: Flight): void {
    flight.isFresh = false;
    flights.delete(flight.name);
  }

  return {
    join({ key, policy }) {
      const name = nameOf({ key, policy });
      const flight = flights.get(name) ?? { name, key, isFresh: true, calls: 0, lowestLimit: policy.limit };
      flight.calls += 1;
      flight.lowestLimit = Math.min(flight.lowestLimit, policy.limit);
      flights.set(name, flight);
      return flight;
    },

    leave(flight) {
      flight.calls -= 1;
      if (flight.calls === 0 && flight.isFresh) flights.delete(flight.name);
    },

    outdate(counter, belowLimit) {
      const flight = flights.get(nameOf(counter));
      if (flight !== undefined && flight.lowestLimit < belowLimit) end(flight);
    },

    // Seldom enough to look at all that are under way.
    outdateKey(key) {
      for (const flight of flights.values()) if (flight.key === key) end(flight);
    },
  };
}

function nameOf({ key, policy }: CounterId): string {
  return `${counterName(policy)}:${key}`;
}
