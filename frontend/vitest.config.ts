import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The same file as in the build.
  resolve: { alias: { dexie: 'dexie/dist/modern/dexie.mjs' } },
  test: {
    environment: 'node',
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 10_000,
    projects: [
      // Nothing in these keeps anything: they share a worker, which saves starting one for each file.
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/unit/{mail,ui}/**/*.test.ts'],
          exclude: ['**/*.dom.test.ts'],
          isolate: false,
        },
      },
      // Components, drawn into a document.
      {
        extends: true,
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: { name: 'components', include: ['test/unit/ui/**/*.dom.test.ts'], environment: 'jsdom' },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/unit/**/*.test.ts', 'src/**/*.test.ts'],
          exclude: ['test/unit/{mail,ui}/**'],
        },
      },
    ],
  },
});
