// Which folder of src/ may import which. Keep in step with docs/architecture.md.
import { strictEqual } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';
const SRC = resolve(process.env.SRC ?? 'src');
const MAY_IMPORT = {
  mail: [],
  db: ['mail'],
  net: ['mail'],
  sync: ['mail', 'db', 'net'],
  state: ['mail', 'db', 'sync'],
  ui: ['mail', 'state'],
  sw: ['mail', 'db', 'net', 'sync'],
};
for (const folder of Object.keys(MAY_IMPORT)) {
  test(`${folder}/ imports only ${MAY_IMPORT[folder].join(', ') || 'itself'}`, () => {
    for (const file of readdirSync(join(SRC, folder), { recursive: true })) {
      if (!/\.(ts|svelte)$/.test(file)) continue;
      const path = join(SRC, folder, file);
      for (const [, target] of readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
        const other = relative(SRC, resolve(path, '..', target)).split('/')[0];
        strictEqual(
          other === folder || MAY_IMPORT[folder].includes(other),
          true,
          `${folder}/${file} imports ${target}`,
        );
      }
    }
  });
}
