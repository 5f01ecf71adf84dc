import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Component } from "./component.ts";

/** Versions whose package.json names no licence, and the one that their LICENSE file is. */
const BY_FILE: Readonly<Record<string, string>> = { "png-js@2.0.0": "MIT" };

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** The same component, with the licence and the words that its package leaves out where they are known. */
export function spokenFor(component: Component, home: string): Component {
  const { name, version, text } = component;
  const licence = component.licence === "" ? (BY_FILE[`${name}@${version}`] ?? "") : component.licence;
  if (text !== null || licence !== "MIT") return { ...component, licence };
  return { ...component, licence, text: `Copyright (c) ${authorIn(home) ?? `the authors of ${name}`}\n\n${MIT}` };
}

function authorIn(home: string): string | null {
  const { author } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { author?: string | { name?: string } };
  return (typeof author === "string" ? author : author?.name) ?? null;
}
