type Rgb = readonly [number, number, number];

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

function rgbOf(colour: string): Rgb {
  const [, red = "0", green = "0", blue = "0"] = HEX.exec(colour.trim()) ?? [];
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)];
}

/** The colour at a share of the way through the stops (#rrggbb). Their lightness runs one way, so that it reads without hue. */
export function shade(stops: readonly string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const below = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [rgbOf(stops[below] ?? ""), rgbOf(stops[below + 1] ?? "")];
  const mixed = from.map((value, part) => Math.round(value + ((to[part] ?? 0) - value) * (place - below)));
  return `rgb(${mixed.join(" ")})`;
}
