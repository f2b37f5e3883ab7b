/** What an import of the file gives is the bundler's choice: its address (Vite's `?url`, a file loader), bytes, or a module. `init` takes each. */
declare const source: string | URL | Uint8Array | WebAssembly.Module;
export default source;
