// What has to be loaded before the first row is on the screen: the entry, what it imports, the German catalogue.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 75_000;
const DIST = join(import.meta.dirname, '../dist');
/** Chunks that are imported dynamically and all the same needed for the first row. */
const NEEDED = [/^de-/];

const html = readFileSync(join(DIST, 'index.html'), 'utf8');
const assetsIn = (tags) => [...html.matchAll(tags)].map(([, name]) => name);
const entries = assetsIn(/<script type="module"[^>]* src="\/assets\/([^"]+)"/g);
const preloaded = assetsIn(/<link rel="modulepreload"[^>]* href="\/assets\/([^"]+)"/g);
if (entries.length === 0) fail('dist/index.html has no entry script: run npm run build');

const loaded = new Map();
const dynamic = new Set();
const named = (code, imports) => [...code.matchAll(imports)].map(([, name]) => name);

function load(name) {
  if (loaded.has(name)) return;
  const code = readFileSync(join(DIST, 'assets', name), 'utf8');
  loaded.set(name, gzipSync(code, { level: 9 }).length);
  for (const other of named(code, /\bimport\(\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) dynamic.add(other);
  for (const other of named(code, /(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) load(other);
}

entries.forEach(load);
const missed = preloaded.filter((name) => !loaded.has(name));
if (missed.length) fail(`index.html preloads what no import was found of: ${missed.join(', ')}`);
for (const needed of NEEDED) {
  const found = [...dynamic].filter((name) => needed.test(name));
  // Bundled into the entry it would be counted already, but then every language is.
  if (found.length !== 1) fail(`${found.length} chunks match ${needed}`);
  found.forEach(load);
}

const total = [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
const largest = [...loaded].sort(([, a], [, b]) => b - a);
for (const [name, bytes] of largest) console.log(`${String(bytes).padStart(7)}  ${name}`);
console.log(`${String(total).padStart(7)}  gzip bytes of ${loaded.size} scripts, ${BUDGET_BYTES} allowed`);
if (total > BUDGET_BYTES) fail(`${total - BUDGET_BYTES} bytes too many before the first row`);

function fail(why) {
  console.error(why);
  process.exit(1);
}
