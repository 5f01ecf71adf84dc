import { SETTING_GROUPS, SETTING_WORDS, type SettingWords } from "./setting-words.ts";

const INTRODUCTION = `# Settings

Both programs are set by their environment, and read it once, at the start. Everything has a default but what is said to be needed. A variable that begins with \`TRUEBOUND_\` and is none of these is refused, and the nearest right one is named; so is a value that does not fit; all that is wrong is said at once, with exit code 78. An empty value is none. \`truebound COMMAND --help\` says which of them a command heeds, and \`truebound-agent config show --effective\` what its agent made of them.

**Secrets** are never written into a value that others can read: each has a setting that names a file with it (\`…_FILE\`). What rules find, who is told and what hosts are told is no setting: \`truebound apply\` sets it in the database ([rules.md](rules.md)), for all servers at once.

This page is made from \`packages/wire/src/setting-words.ts\`; a test holds it true, and each default that stands alone against what the programs do.
`;

/** docs/configuration.md, whole. */
export function settingsPage(): string {
  const all = Object.entries(SETTING_WORDS).flatMap(([name, words]) => (words === null ? [] : [{ name, words }]));
  const parts = SETTING_GROUPS.map((group) => {
    const rows = all.filter(({ words }) => words.group === group).map(({ name, words }) => row(name, words));
    return `\n## ${group}\n\n| variable | read by | form | without it | meaning |\n|---|---|---|---|---|\n${rows.join("")}`;
  });
  return `${INTRODUCTION}${parts.join("")}`;
}

const READERS: Readonly<Record<SettingWords["reads"], string>> = { server: "server", agent: "agent", both: "server, agent" };

const row = (name: string, { reads, form, otherwise, says }: SettingWords): string =>
  `| \`${name}\` | ${READERS[reads]} | ${form} | ${otherwise} | ${says} |\n`;
