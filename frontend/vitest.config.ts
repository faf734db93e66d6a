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
      { extends: true, test: { name: 'pure', include: ['test/unit/{mail,ui}/**/*.test.ts'], isolate: false } },
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
