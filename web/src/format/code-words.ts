/** A code of the API as text: "no_majority" reads "no majority". It adds nothing to what the code says. */
export const codeWords = (code: string): string =>
  code
    .replaceAll("_", " ")
    .replace(/^nts ke /, "NTS keys: ")
    .replace(/^nts /, "NTS: ");
