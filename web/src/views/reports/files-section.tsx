import type { ReportItem } from "@truebound/wire";
import type { JSX } from "preact";
import { reportFile } from "../../api/use-reports.ts";

const WORDS: Readonly<Record<string, string>> = {
  "report.pdf": "PDF, to print and sign",
  "signoff.pdf": "Who signed it, as PDF",
  "signoff.html": "Who signed it, as HTML",
  "report.html": "HTML, one file",
  "report.csv": "CSV, a line for each result and breach",
  "manifest.json": "Manifest: the report itself",
  "manifest.sig": "Signature of the manifest",
  "rendered.json": "Signature of report.pdf, report.html and report.csv",
  "signoff.json": "What people signed, and that it is in the log",
};

interface FilesSectionProps {
  readonly report: ReportItem;
  readonly files: readonly string[];
}

export const FilesSection = ({ report, files }: FilesSectionProps): JSX.Element => (
  <section aria-labelledby="files-title">
    <div class="section-head">
      <h2 id="files-title">Files</h2>
      <p>Evidence and log, which prove it, are in the bundle on the server.</p>
    </div>
    {files.length === 0 && <p class="none">The bundle is not at its place on the server any more.</p>}
    <ul class="report-files">
      {Object.keys(WORDS)
        .filter((name) => files.includes(name))
        .map((name) => (
          <li key={name}>
            <a href={reportFile(report.id, name)} download={name.endsWith(".html") ? undefined : `${report.id}-${name}`}>
              {name}
            </a>
            <span class="muted">{WORDS[name]}</span>
          </li>
        ))}
    </ul>
  </section>
);
