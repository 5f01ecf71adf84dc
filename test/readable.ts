/** Run in the page. Texts whose contrast with what lies behind them is below 4.5:1 (3:1 for large ones). */
export function faint(): string[] {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  if (pen === null) return ["no canvas to read colours with"];
  const over = (colours: readonly string[]): [number, number, number] => {
    pen.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
    }
    const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  };
  const light = (rgb: readonly number[]): number => {
    const [red = 0, green = 0, blue = 0] = rgb.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const grounds = (element: Element): string[] => {
    const colours: string[] = [];
    for (let one: Element | null = element; one !== null; one = one.parentElement) colours.unshift(getComputedStyle(one).backgroundColor);
    return ["white", ...colours];
  };
  const found: string[] = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== "");
    const style = getComputedStyle(element);
    if (own.length === 0 || element instanceof SVGElement || element.getClientRects().length === 0 || style.visibility === "hidden")
      continue;
    if ((element as HTMLButtonElement).disabled) continue;
    const behind = grounds(element);
    const [a, b] = [light(over([...behind, style.color])), light(over(behind))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} ${own.map((node) => node.textContent).join(" ")}`);
  }
  return found;
}

/** Run in the page. Things to press or fill in that have no name. */
export function nameless(): string[] {
  const named = (element: Element): boolean => {
    const labels =
      element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement
        ? element.labels
        : null;
    const label = [...(labels ?? [])].map(({ textContent }) => textContent ?? "").join("");
    return [element.getAttribute("aria-label"), label, element instanceof HTMLSelectElement ? "" : element.textContent].some(
      (text) => (text ?? "").trim() !== "",
    );
  };
  return [...document.querySelectorAll("a, button, input, select, textarea, table:not(:has(caption)) [scope]")]
    .filter((element) => !named(element))
    .map((element) => element.outerHTML.slice(0, 120));
}

/** In the page: choices whose words are wider than their field has room for. */
export function cutChoices(): string[] {
  const ruler = document.body.appendChild(document.createElement("span"));
  ruler.style.cssText = "position: absolute; visibility: hidden; white-space: nowrap";
  const cut = [...document.querySelectorAll("select")].flatMap((select) => {
    const { fontFamily, fontSize, fontWeight, letterSpacing, paddingLeft, paddingRight } = getComputedStyle(select);
    Object.assign(ruler.style, { fontFamily, fontSize, fontWeight, letterSpacing });
    // What the browser draws its arrow in.
    const room = select.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight) - 20;
    return [...select.options].flatMap(({ text }) => {
      ruler.textContent = text;
      const { width } = ruler.getBoundingClientRect();
      return width > room ? [`${text}: ${Math.ceil(width)} px in ${Math.floor(room)}`] : [];
    });
  });
  ruler.remove();
  return cut;
}
