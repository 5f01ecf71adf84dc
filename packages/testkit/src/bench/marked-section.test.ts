import { describe, expect, it } from "vitest";
import { BEGIN, END, replaceMeasured } from "./marked-section.ts";

describe("the measured section of a document", () => {
  const document = `# Title\n\n${BEGIN}\nold\n${END}\n\nRest.\n`;
  it("is replaced, and nothing else is", () => {
    const once = replaceMeasured(document, "new\n");
    expect(once).toBe(`# Title\n\n${BEGIN}\n\nnew\n\n${END}\n\nRest.\n`);
    expect(replaceMeasured(once ?? "", "new")).toBe(once);
  });
  it("is not guessed where the markers are not there once, in order", () => {
    for (const text of ["", BEGIN, END, `${END}${BEGIN}`, `${document}${BEGIN}`, `${document}${END}`, `${END}${document}`])
      expect(replaceMeasured(text, "new")).toBeNull();
  });
});
