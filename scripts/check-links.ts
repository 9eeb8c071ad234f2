/**
 * `node scripts/check-links.ts [FOLDER]` checks that every relative link of every Markdown file points to a file that is there, and its
 * `#anchor` to a heading of it. Links to other hosts are left alone: they would make the check depend on the network.
 */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

interface Link {
  target: string;
  line: number;
}

const NOT_OURS = ['**/node_modules/**', '.git/**', 'data/**', 'coverage/**'];
const INLINE_CODE = /(`+)[^`]+\1/g;
const INLINE_LINK = /\]\(\s*<?([^\s)>]+)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g;
const LINK_DEFINITION = /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/g;
const HTML_LINK = /<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)"/g;
const HTML_ANCHOR = /<[a-z]+\s[^>]*?(?:id|name)="([^"]+)"/g;
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

const root = resolve(process.argv[2] ?? '.');
const documents = globSync('**/*.md', { cwd: root, exclude: NOT_OURS }).sort();
const faults = documents.flatMap((document) => faultsOf(join(root, document)));

for (const fault of faults) console.error(fault);
console.log(`${documents.length} documents, ${faults.length} dead links`);
process.exitCode = faults.length > 0 ? 1 : 0;

function faultsOf(document: string): string[] {
  return linksOf(proseOf(document)).flatMap(({ target, line }) => {
    const fault = faultOf(document, target);
    return fault ? [`${relative(root, document)}:${line}: ${target}: ${fault}`] : [];
  });
}

function faultOf(document: string, target: string): string | undefined {
  if (ELSEWHERE.test(target)) return undefined;
  const [path = '', anchor] = target.split('#', 2).map(decodeURIComponent);
  const file = path === '' ? document : join(path.startsWith('/') ? root : dirname(document), path);
  if (!existsSync(file)) return 'there is no such file';
  if (!anchor || !file.endsWith('.md') || statSync(file).isDirectory()) return undefined;
  return anchorsOf(proseOf(file)).has(anchor) ? undefined : 'there is no such heading';
}

function linksOf(prose: string[]): Link[] {
  return prose.flatMap((text, index) =>
    [INLINE_LINK, LINK_DEFINITION, HTML_LINK]
      .flatMap((pattern) => [...text.replace(INLINE_CODE, '').matchAll(pattern)])
      .map((match) => ({ target: match[1] ?? '', line: index + 1 })),
  );
}

/** The lines of a document; code, in which brackets are no links and # is no heading, is blanked out. */
function proseOf(document: string): string[] {
  let fence: string | undefined;
  return readFileSync(document, 'utf8')
    .split('\n')
    .map((text) => {
      const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
      if (fence === undefined && mark === undefined) return text;
      if (fence === undefined) fence = mark;
      else if (mark?.startsWith(fence)) fence = undefined;
      return '';
    });
}

function anchorsOf(prose: string[]): Set<string> {
  const anchors = new Set<string>();
  const seen = new Map<string, number>();
  for (const text of prose) {
    for (const match of text.matchAll(HTML_ANCHOR)) anchors.add(match[1] ?? '');
    const heading = /^ {0,3}#{1,6}\s+(.+?)(?:\s+#+)?\s*$/.exec(text)?.[1];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    const repeats = seen.get(slug) ?? 0;
    seen.set(slug, repeats + 1);
    anchors.add(repeats === 0 ? slug : `${slug}-${repeats}`);
  }
  return anchors;
}

/** As GitHub makes them: lower case, no punctuation but - and _, spaces to hyphens, the text of links and not their target. */
function slugOf(heading: string): string {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]+>/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
