import type { InferCradleFromResolvers, Resolver } from 'awilix';
import { asFunction } from 'awilix';

/** How a singleton is built and taken down. `needs` exists for the compiler alone: it carries what the factory asks for. */
export type Registration<Needs, Value> = Resolver<Value> & { readonly needs?: (cradle: Needs) => void };

type Registrations = Readonly<Record<string, Registration<never, unknown>>>;

/** Registers a factory that is run at most once, on first use, with the disposer of what it makes. */
export function singleton<Needs extends object, Value>(
  build: (cradle: Needs) => Value,
  dispose: (value: Value) => void | Promise<void>,
): Registration<Needs, Value> {
  return asFunction(build).singleton().disposer(dispose);
}

/** For what holds nothing that must be given back. */
export function nothingToDispose(): void {
  // Nothing is open.
}

type NeedsOf<R> = R extends Registration<infer Needs, unknown> ? Needs : never;

/** The names of the registrations whose factory asks for something that the cradle lacks or has in another type. */
export type Unsatisfied<All extends Registrations> = {
  [Name in keyof All]: InferCradleFromResolvers<All> extends NeedsOf<All[Name]> ? never : Name;
}[keyof All];

/**
 * Checks at compile time that every factory's needs are met by the registrations themselves. A missing dependency shows as
 * "not assignable to `{ unsatisfied: 'name' }`", where `name` is the registration that asks for it.
 */
export function complete<const All extends Registrations>(
  registrations: [Unsatisfied<All>] extends [never] ? All : All & { unsatisfied: Unsatisfied<All> },
): All {
  return registrations;
}
