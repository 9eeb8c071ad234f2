import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export interface ActivityTables {}

export const activity: Migration = {
  async up(db: Kysely<unknown>) {
    void db;
  },
};
