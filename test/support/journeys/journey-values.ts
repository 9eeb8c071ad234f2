/** A program as the clients of a journey send it: popular enough to be listed. */
export function aProgramBody(title: string): object {
  return {
    title,
    description: `About ${title}.`,
    contentType: 'movie',
    category: 'drama',
    language: 'en',
    tags: ['journey'],
    metadata: { title },
    popularityScore: 1000,
  };
}

export function aDocumentBody(title: string): object {
  return { title, type: 'article', category: 'news', language: 'en', tags: ['journey'] };
}
