/** One import of names from a module of Node, as the bundler writes it. */
const NAMED = /^import \{ ([^}]*) \} from "(node:[^"]+)";$/gm;
const IMPORT = /^import\b.*"node:[^"]+";$/m;

/**
 * The same code, taking what it needs of Node's modules without reading all that they export: some of that is only made once it is read,
 * as `fetch` is in node:http and the promises in node:fs, and a running agent would hold it for nothing. Throws where an import of another
 * form is left, for then it would.
 */
export function takeBuiltins(code: string): string {
  const taken = code.replace(NAMED, (_, names: string, module: string) => {
    return `const { ${names.replaceAll(" as ", ": ")} } = process.getBuiltinModule("${module}");`;
  });
  const left = IMPORT.exec(taken);
  if (left !== null) throw new Error(`Cannot bundle the agent: ${left[0]} reads all that the module exports; name what is needed`);
  return taken;
}
