import type { Discovery } from './discovery/discovery.ts';
import type { Views } from './discovery/views.ts';
import type { RateLimits } from './limits/check-rate-limit.ts';
import type { Migration } from './migration/migration.ts';
import type { ProgramImports } from './program/program-imports.ts';
import type { Programs } from './program/programs.ts';
import type { Documents } from './search/documents.ts';
import type { Search } from './search/search.ts';

/** Everything a driver (HTTP, CLI) can ask of the service. */
export interface App {
  readonly programs: Programs;
  readonly imports: ProgramImports;
  readonly discovery: Discovery;
  readonly views: Views;
  readonly documents: Documents;
  readonly search: Search;
  readonly rateLimits: RateLimits;
  readonly migration: Migration;
}
