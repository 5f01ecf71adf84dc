import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markdownToHtml } from "./markdown.ts";

describe("Markdown as HTML", () => {
  it.each([
    ["# A *b* `c<d`", "<h1>A <em>b</em> <code>c&lt;d</code></h1>"],
    ["one\ntwo\n\nthree", "<p>one two</p>\n<p>three</p>"],
    ["text\n- a\n- b\n  goes on\n  - inner\n- c", "<p>text</p>\n<ul><li>a</li><li>b goes on<ul><li>inner</li></ul></li><li>c</li></ul>"],
    ["1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"],
    [
      "```sh\nchronyc sources <x>\n\n# no heading\n```\nafter",
      "<pre><code>chronyc sources &lt;x&gt;\n\n# no heading</code></pre>\n<p>after</p>",
    ],
    ["```\nnever closed", "<pre><code>never closed</code></pre>"],
    ["> quoted\n> **on**", "<blockquote><p>quoted <strong>on</strong></p></blockquote>"],
    [
      "| a | b |\n|---|---|\n| `x\\|y` | <z> |",
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><code>x|y</code></td><td>&lt;z&gt;</td></tr></tbody></table>",
    ],
    ["[a](https://x.example/?a=1&b=2)", '<p><a href="https://x.example/?a=1&amp;b=2">a</a></p>'],
    [
      "[a](host_late.md) [b](../rules.md) [c](javascript:alert(1)) [d](data:text/html,x)",
      '<p><a href="host_late">a</a> b [c](javascript:alert(1)) d</p>',
    ],
    ['<img src=x onerror="alert(1)"> &amp;', "<p>&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp;amp;</p>"],
    ['[a](https://x"onmouseover="y)', '<p><a href="https://x&quot;onmouseover=&quot;y">a</a></p>'],
  ])("%j", (text, html) => expect(markdownToHtml(text)).toBe(html));

  const pieces = fc.constantFrom(
    "#",
    " ",
    "\n",
    "- ",
    "1. ",
    "`",
    "```",
    "*",
    "**",
    "[",
    "](",
    ")",
    "|",
    "---",
    "> ",
    "<script>",
    "javascript:",
    "a",
    '"',
    "'",
    "&",
    "  ",
  );
  it("ends for every text, and makes no element and no address of its own", () =>
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const html = markdownToHtml(parts.join(""));
        const tags = html.match(/<[^>]*>/g) ?? [];
        for (const tag of tags)
          expect(tag).toMatch(
            /^<\/?(h[1-4]|p|ul|ol|li|pre|code|blockquote|table|thead|tbody|tr|th|td|strong|em)>$|^<a href="(https?:\/\/|[a-z_])[^"<>]*">$|^<\/a>$/,
          );
      }),
      { numRuns: 2000 },
    ));
});
