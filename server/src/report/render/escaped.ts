const NAMED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text of others is text, in HTML and in SVG. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => NAMED[one] ?? one);
