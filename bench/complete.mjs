// How long a completion takes: 20,000 people, every first one to five letters of some of them. Prints milliseconds as JSON.
import { createRequire } from 'node:module';

const frontend = new URL('../frontend/', import.meta.url);
const { createServer } = await import(createRequire(frontend).resolve('vite'));

const PEOPLE = 20_000;
const TYPED = 400;

const vite = await createServer({
  root: frontend.pathname,
  configFile: false,
  server: { middlewareMode: true },
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
});
const { buildIndex, complete } = await vite.ssrLoadModule('/src/mail/compose/completion.ts');
await vite.close();

let seed = 1;
const random = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
const pick = (list) => list[random(list.length)];
const syllable = () => pick('bdfghklmnprstvwz') + pick('aeiou') + pick(['', 'n', 'r', 'l', 's']);
const word = () => syllable() + syllable() + pick(['', 'er', 'i', 'mann', 'hof']);
const people = Array.from({ length: PEOPLE }, (_, at) => {
  const [first, last] = [word(), word()];
  const domain = pick(['hin.ch', 'praxis.example', `${word()}.example`]);
  return { name: `${first} ${last}`, email: `${first}.${last}${at}@${domain}`, uses: 1 + random(50), lastAt: random(1e9) };
});
const index = buildIndex(people);

const measure = (work) => {
  const began = performance.now();
  work();
  return performance.now() - began;
};
const took = [];
const scanned = [];
for (let at = 0; at < TYPED; at += 1) {
  const name = pick(people).name;
  const typed = name.slice(0, 1 + random(5));
  took.push(measure(() => complete(index, typed, 8, [])));
  scanned.push(measure(() => people.filter((one) => `${one.name} ${one.email}`.includes(typed)).slice(0, 8)));
}
console.log(JSON.stringify({ took, scanned }));
