/**
 * Every table, declared once: the commands that create, compare and print tables, the check at the start, the permissions
 * and the tests are all made of this.
 *
 * Table, key, index and time-to-live names are those that users of the platform's integration guide know; the activity table
 * and the second key part of the search indexes are ours (docs/adr).
 */
export interface TableDeclaration {
  readonly name: string;
  readonly hashKey: KeyAttribute;
  readonly rangeKey?: KeyAttribute;
  readonly indexes: readonly IndexDeclaration[];
  /** The attribute that holds when an item expires, in epoch seconds. */
  readonly ttlAttribute?: string;
  /** What is in it is worth nothing a day later: it is never backed up. */
  readonly isTransient?: true;
}

export interface IndexDeclaration {
  readonly name: string;
  readonly hashKey: KeyAttribute;
  readonly rangeKey: KeyAttribute;
  /** The attributes an index carries beside the keys: none (`KEYS_ONLY`), these, or with `all` every one. */
  readonly projected: 'all' | readonly string[];
}

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N';
}

export interface TableNames {
  readonly discovery: string;
  readonly search: string;
  readonly rateLimits: string;
  readonly activity: string;
}

export type TableRole = keyof TableNames;

const text = (name: string): KeyAttribute => ({ name, type: 'S' });
const number = (name: string): KeyAttribute => ({ name, type: 'N' });

/** What a list shows of a program, and what tells whether it still counts. */
const CARD_ATTRIBUTES = [
  'version',
  'title',
  'contentType',
  'categoryName',
  'language',
  'thumbnailUrl',
  'releaseDate',
  'viewCount',
  'exactScore',
  'expiresAt',
] as const;

const TREND_ATTRIBUTES = ['category', 'language', 'contentType'] as const;

export function declareTables(names: TableNames): Readonly<Record<TableRole, TableDeclaration>> {
  return {
    discovery: {
      name: names.discovery,
      hashKey: text('programId'),
      indexes: [
        {
          name: 'CategoryIndex',
          hashKey: text('category'),
          rangeKey: number('popularityScore'),
          projected: CARD_ATTRIBUTES,
        },
      ],
      ttlAttribute: 'ttl',
    },
    search: {
      name: names.search,
      hashKey: text('contentId'),
      indexes: [
        documentIndex('ContentTypeIndex', 'contentType'),
        documentIndex('CategoryIndex', 'category'),
        documentIndex('LanguageIndex', 'language'),
      ],
    },
    rateLimits: {
      name: names.rateLimits,
      hashKey: text('key'),
      indexes: [],
      ttlAttribute: 'expiresAt',
      isTransient: true,
    },
    activity: {
      name: names.activity,
      hashKey: text('pk'),
      rangeKey: text('sk'),
      indexes: [
        trendIndex('Trend1hIndex', 'score1h'),
        trendIndex('Trend24hIndex', 'score24h'),
        trendIndex('Trend7dIndex', 'score7d'),
        {
          name: 'UnconfirmedIndex',
          hashKey: text('unconfirmedShard'),
          rangeKey: number('unconfirmedSince'),
          projected: [],
        },
      ],
      ttlAttribute: 'ttl',
    },
  };
}

function documentIndex(name: string, attribute: string): IndexDeclaration {
  return { name, hashKey: text(attribute), rangeKey: text('contentId'), projected: 'all' };
}

function trendIndex(name: string, score: string): IndexDeclaration {
  return { name, hashKey: text('trendShard'), rangeKey: number(score), projected: TREND_ATTRIBUTES };
}
