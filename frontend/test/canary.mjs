// Proves that the checks can fail: each one must find what is wrong in test/canary/, and say so.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..');
const CANARY = join(HERE, 'canary');

/** → how it ended and everything it said. */
function run(script, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, script), ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, said }));
  });
}

/** A pretend src/ in which only one file breaks a rule. */
async function layers() {
  const src = mkdtempSync(join(tmpdir(), 'canary-'));
  try {
    for (const folder of ['mail', 'db', 'net', 'sync', 'state', 'ui', 'sw']) mkdirSync(join(src, folder));
    const before = await run('test/layers.test.mjs', [], { SRC: src });
    if (before.status !== 0) throw new Error(`The test of layers fails over nothing:\n${before.said}`);
    cpSync(join(CANARY, 'ui'), join(src, 'ui'), { recursive: true });
    return await run('test/layers.test.mjs', [], { SRC: src });
  } finally {
    rmSync(src, { recursive: true });
  }
}

const svelteCheck = ['--tsconfig', join(CANARY, 'svelte/tsconfig.json'), '--fail-on-warnings', '--output', 'machine'];
const CHECKS = [
  {
    name: 'svelte-check',
    result: run('node_modules/svelte-check/bin/svelte-check', svelteCheck),
    finds: [
      /ERROR "[^"]*TypeError\.svelte"/,
      /WARNING "[^"]*Unreachable\.svelte".*a11y|a11y_click_events_have_key_events/,
    ],
  },
  {
    name: 'tsc -p src/mail',
    result: run('node_modules/typescript/bin/tsc', ['-p', join(CANARY, 'mail')]),
    finds: [/usesTheDom\.ts.*error TS2584.*'document'/],
  },
  { name: 'layers.test.mjs', result: layers(), finds: [/ui\/readsTheMirror\.ts imports \.\.\/db\/vault/] },
];

let blind = 0;
for (const { name, result, finds } of CHECKS) {
  const { status, said } = await result;
  const missed = finds.filter((found) => !found.test(said));
  if (status !== 0 && missed.length === 0) continue;
  blind += 1;
  console.error(
    `${name} does not find what is wrong in test/canary (exit ${status}; missed ${missed.join(', ')}):\n${said}`,
  );
}
if (blind) process.exit(1);
console.log(`canary: ${CHECKS.length} checks fail as they should`);
