import { defineConfig } from "vite";

const here = (path: string): string => new URL(path, import.meta.url).pathname;

export default defineConfig({
  root: here("."),
  base: "/",
  // From source, so that the page builds before anything else was compiled.
  resolve: { alias: { "@truebound/time": here("../packages/time/src/index.ts") } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: here("dist/site"),
    emptyOutDir: true,
    target: "es2022",
    // The content security policy allows files of our own origin only: no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});
