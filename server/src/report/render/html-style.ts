/** The look of a report on a screen, light and dark, and on paper. */
export const STYLE = `
:root{--ink:#1b2430;--soft:#5b6675;--faint:#dfe3e8;--paper:#fff;--card:#f6f7f9;--good:#1d6b4f;--bad:#a81e2c;--doubt:#8a5a00;--none:#5b6675;
--v-good:#7fb8a0;--v-bad:#a81e2c;--v-doubt:#e0a63c;--v-conflict:#7a4fa3;--v-none:#8b95a3}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#9aa5b4;--faint:#333c48;--paper:#12161c;--card:#1a2029;--good:#6fcfa5;--bad:#ff8a8f;--doubt:#e8b75a;--none:#9aa5b4;
--v-good:#3f7f66;--v-bad:#ff6b74;--v-doubt:#c68f2b;--v-conflict:#b08be0;--v-none:#7c8797}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1.5rem 1.25rem 3rem;background:var(--paper);color:var(--ink);font:15px/1.5 "IBM Plex Sans","Segoe UI",system-ui,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.2;margin:.4rem 0}h2{font-size:1.3rem;margin:.4rem 0}h3{font-size:1rem;margin:1.4rem 0 .4rem}
p{margin:.2rem 0}code{font-size:.92em}
.part{margin-bottom:2.5rem}.part.sheet{border-top:1px solid var(--faint);padding-top:1rem;content-visibility:auto;contain-intrinsic-size:auto 60rem}
.running{color:var(--soft);font-size:.75rem}
.notice{border-left:4px solid var(--doubt);background:var(--card);padding:.3rem .7rem;color:var(--doubt);font-weight:600;font-size:.85rem}
.verdict{border-left:6px solid currentColor;background:var(--card);padding:.6rem .9rem;margin:.8rem 0}.verdict strong{display:block;font-size:1.25rem}.verdict span{color:var(--ink)}
.lines{display:grid;grid-template-columns:1fr 1fr;gap:.8rem;margin:.8rem 0}.line{border:1px solid var(--faint);padding:.6rem .9rem}.line h3{margin:0;text-transform:uppercase;letter-spacing:.06em;font-size:.75rem;color:var(--soft)}
.figure{font-size:1.05rem;font-weight:600}.line-proved{border-top:3px solid var(--ink)}.line-sampled{border-top:3px dashed var(--soft)}
.answers{display:grid;grid-template-columns:14rem 1fr;margin:1rem 0}.answers dt,.answers dd{margin:0;padding:.45rem 0;border-top:1px solid var(--faint)}.answers dt{font-weight:600;padding-right:1rem}
.facts{display:grid;grid-template-columns:1fr 1fr;column-gap:2rem;margin:.6rem 0}.facts div{display:grid;grid-template-columns:12rem 1fr;column-gap:.6rem;border-top:1px solid var(--faint);padding:.15rem 0}.facts dt{color:var(--soft)}.facts dd{margin:0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.87rem}th{text-align:left;color:var(--soft);font-weight:600;border-bottom:1px solid var(--soft)}th,td{padding:.3rem .8rem .3rem 0;vertical-align:top;overflow-wrap:break-word}th{overflow-wrap:normal}td{border-bottom:1px solid var(--faint)}.right{text-align:right}th:last-child,td:last-child{padding-right:0}
.tone-good{color:var(--good)}.tone-bad{color:var(--bad)}.tone-doubt{color:var(--doubt)}.tone-none,.tone-quiet{color:var(--soft)}td .tone-good,td .tone-bad,td .tone-doubt{font-weight:600}
ul{margin:.3rem 0;padding-left:1.2rem}
.band{margin:1rem 0 .3rem}.band svg{display:block;width:100%;height:3.6rem}.band figcaption{display:flex;justify-content:space-between;color:var(--soft);font-size:.78rem}
.ground{stroke:var(--faint)}.v-COMPLIANT{fill:var(--v-good)}.v-VIOLATION{fill:var(--v-bad);stroke:var(--v-bad);stroke-width:1.5px;vector-effect:non-scaling-stroke}.v-UNPROVEN{fill:var(--v-doubt)}.v-CONFLICT{fill:var(--v-conflict)}.v-NO_EVIDENCE{fill:var(--v-none)}.scheduled{fill:var(--soft)}.exempt{fill:var(--v-conflict)}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1rem;font-size:.78rem;color:var(--soft)}.key{display:inline-flex;align-items:center;gap:.35rem}.key svg{width:.75rem;height:1.1rem}.key i{width:.9rem;height:.25rem;background:var(--soft)}.key .strip-exempt{background:var(--v-conflict)}
.signatures{border-top:2px solid var(--ink);margin-top:1.2rem;padding-top:.6rem}.sign{display:grid;grid-template-columns:8rem 2fr 1fr 2fr;gap:1rem;align-items:end;margin-top:1.7rem}.blank{border-top:1px solid var(--ink);color:var(--soft);font-size:.75rem}
footer{border-top:1px solid var(--faint);color:var(--soft);font-size:.8rem;padding-top:.6rem}
@media screen and (max-width:46rem){table{min-width:34rem}.lines,.facts,.answers{grid-template-columns:1fr}.answers dd{border-top:0;padding-top:0}.sign{grid-template-columns:1fr;gap:1.3rem}}
@media print{html{font-size:11px}.part{margin:0}body{max-width:none;padding:0;font-size:8.4pt;line-height:1.32}.part.sheet{break-before:page;border:0;padding:0;content-visibility:visible}footer{display:none}.scroll{overflow:visible}
.lines{grid-template-columns:1fr 1fr}.facts{grid-template-columns:1fr 1fr}.answers{grid-template-columns:13rem 1fr}.answers dt,.answers dd{padding:.2rem 0}.sign{grid-template-columns:6rem 2fr 1fr 2fr;margin-top:1.2rem}h1{font-size:16pt}h2{font-size:13pt}h3{break-after:avoid}tr,.line,.verdict,.band,.signatures,.answers dd{break-inside:avoid}thead{display:table-header-group}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;
