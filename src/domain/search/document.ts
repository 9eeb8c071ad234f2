/** What a search document says; `type` is the content type that the look-ups call `contentType`. */
export interface DocumentContent {
  /** Same alphabet as a program's id. */
  readonly contentId: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  /** Canonical BCP 47 tag. */
  readonly language: string;
  readonly tags: readonly string[];
}

/** Facts about a document that ranking and sorting use; a document that is no program has neutral ones. */
export interface DocumentRanking {
  /** 0 and up: a prior for relevance. */
  readonly popularityScore: number;
  readonly releaseDate: string | null;
}

/** A document as the indexes keep it. */
export interface SearchDocument extends DocumentContent, DocumentRanking {
  /** Who writes it: `program` documents follow the catalogue, `document` ones come through the document calls. */
  readonly source: 'program' | 'document';
  /** Of a `program` document: the program's version. Grows with every change, so the newer copy always wins. */
  readonly version: number;
  readonly indexedAt: Date;
}

/** Every given condition must hold. */
export interface DocumentFilter {
  readonly contentType?: string;
  readonly category?: string;
  readonly language?: string;
  readonly tag?: string;
}

/** Content that went away, with the version of its going, counted as its source counts. */
export interface DocumentRemoval {
  readonly contentId: string;
  readonly version: number;
  readonly source: SearchDocument['source'];
}
