// Medusa's promotion logic, bundled for a page. Its package asks for the whole framework, with servers and databases; the
// logic reads only these parts of `@medusajs/utils`, which are taken as they are published.
import { join } from 'node:path';

const PARTS = [
  'promotion/index', 'totals/math', 'totals/big-number', 'totals/promotion/index', 'common/errors', 'common/flatten-object-to-key-value-pairs',
  'common/is-defined', 'common/is-present', 'common/is-string', 'common/pick-value-from-object',
];
/** What of `common` the parts above read. */
const COMMON = ['common/is-defined', 'common/trim-zeros'];

/** For esbuild. `modules` is the folder that npm installed into. */
export function medusa(modules) {
  const all = (names) => `module.exports = Object.assign({}, ${names.map((name) => `require(${JSON.stringify(join(modules, '@medusajs/utils/dist', `${name}.js`))})`).join(', ')})`;
  return {
    name: 'medusa',
    setup({ initialOptions, onResolve, onLoad }) {
      // Which switches Medusa was started with: none, in a page.
      initialOptions.define = { ...initialOptions.define, 'process.env': '{}' };
      onResolve({ filter: /^@medusajs\/framework\/utils$/ }, () => ({ path: 'utils', namespace: 'medusa' }));
      onResolve({ filter: /^\.\.\/common$/ }, ({ importer }) => (importer.includes('@medusajs') ? { path: 'common', namespace: 'medusa' } : undefined));
      onLoad({ filter: /.*/, namespace: 'medusa' }, ({ path }) => ({ contents: all(path === 'utils' ? PARTS : COMMON), resolveDir: modules }));
    },
  };
}
