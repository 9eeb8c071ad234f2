import { resolve } from 'node:path';

/** The tests start many processes of one code: what the first one compiled, the later ones only load. The command line's own folder. */
export const COMPILE_CACHE = resolve('node_modules/.cache/compiled');
