import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { defineConfig } from 'vite';

/** Tells the service worker what the page is made of. The module, catalogues and profiles are the client's to keep. */
const shell = {
  name: 'shell',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    const files = Object.values(bundle).filter(({ fileName }) => !/\.(wasm|map|html)$/.test(fileName));
    const digest = createHash('sha256');
    for (const { fileName, code, source } of Object.values(bundle)) digest.update(fileName).update(code ?? source);
    const source = readFileSync(new URL('src/offline.js', import.meta.url), 'utf8')
      .replace("'VERSION'", JSON.stringify(digest.digest('hex').slice(0, 16)))
      .replace("'FILES'", JSON.stringify(['./', ...files.map(({ fileName }) => `./${fileName}`)]));
    this.emitFile({ type: 'asset', fileName: 'sw.js', source });
  },
};

export default defineConfig({
  base: './',
  build: { target: 'es2022', assetsInlineLimit: 0 },
  plugins: [shell],
  // The package is linked from outside this folder, and the file it carries with it.
  server: { fs: { allow: ['..'] } },
  // What `regulars serve` has, under the page's own origin.
  preview: { proxy: process.env.LIVE ? { '/live': { target: process.env.LIVE, rewrite: (path) => path.slice('/live'.length) } } : {} },
});
