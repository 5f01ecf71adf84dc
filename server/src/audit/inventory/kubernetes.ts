type Fields = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/** Names of nodes, as `kubectl get nodes -o json` prints them. */
export function readKubernetes(text: string): readonly string[] | string {
  const parsed = parse(text);
  if (!isObject(parsed) || !Array.isArray(parsed.items)) return "it is no list of nodes as kubectl get nodes -o json prints it";
  const names: string[] = [];
  for (const [index, item] of (parsed.items as readonly unknown[]).entries()) {
    const name = nodeName(item);
    if (name === null) return `item ${index + 1} is no Node with a name; print nodes alone, by kubectl get nodes -o json`;
    names.push(name);
  }
  return names;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Of a NodeList the items have no kind of their own. */
function nodeName(item: unknown): string | null {
  if (!isObject(item) || !isObject(item.metadata) || (item.kind !== undefined && item.kind !== "Node")) return null;
  const { name } = item.metadata;
  return typeof name === "string" && name !== "" ? name : null;
}
