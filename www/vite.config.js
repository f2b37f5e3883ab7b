import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  build: { target: 'es2022', assetsInlineLimit: 0 },
  // The package is linked from outside this folder, and the file it carries with it.
  server: { fs: { allow: ['..'] } },
});
