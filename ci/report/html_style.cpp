#include "ci/report/html_style.hpp"

namespace exitproof {

std::string_view html_style() {
  return R"(:root{color-scheme:light dark;--page:#fff;--card:#f6f7f9;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;
--bad:#a40e26;--bad-page:#ffebe9;--good:#116329;--good-page:#dafbe1;--warn:#7d4e00;--warn-page:#fff8c5;
--link:#0550ae;--life:#0a6c8f;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--ink:#e6edf3;--soft:#9aa4af;--line:#3d444d;
--bad:#ff8182;--bad-page:#3c1618;--good:#56d364;--good-page:#12261e;--warn:#e3b341;--warn-page:#2e2611;
--link:#79c0ff;--life:#56b4d3}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:72rem;padding:1.25rem clamp(.75rem,3vw,2rem) 3rem;background:var(--page);
color:var(--ink);font:1rem/1.5 var(--sans);overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:.1rem 0 .6rem}
h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.4rem 0 .4rem}
h4{font-size:.95rem;margin:1rem 0 .3rem}
p{margin:.4rem 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code,pre,kbd{font-family:var(--mono);font-size:.875em}
pre{margin:.4rem 0;padding:.6rem .75rem;background:var(--card);border:1px solid var(--line);border-radius:6px}
.replay{white-space:pre-wrap;max-height:16em;overflow:auto;user-select:all;-webkit-user-select:all}
.scroll{position:relative;overflow:auto;max-width:100%}
pre.scroll{white-space:pre;max-height:32em;overflow-wrap:normal}
.kicker,.soft{color:var(--soft)}
.kicker{margin:0;font-size:.875rem}
.verdict{display:inline-block;margin:.2rem 0 .6rem;padding:.35rem .8rem;border-radius:6px;border:1px solid;
font-weight:600;font-size:1.15rem}
.bad{color:var(--bad)}.good{color:var(--good)}.warn{color:var(--warn)}
.verdict.bad{background:var(--bad-page)}.verdict.good{background:var(--good-page)}
.verdict.warn{background:var(--warn-page)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0}
.counts{display:flex;flex-wrap:wrap;gap:.5rem;margin:.6rem 0}
.counts div{padding:.3rem .7rem;border:1px solid var(--line);border-radius:6px;background:var(--card)}
.counts dt{font-size:.8rem}.counts dd{font-weight:600;font-variant-numeric:tabular-nums}
.findings{margin:.3rem 0;padding-left:1.6rem}.findings li{margin:.35rem 0}
article{margin:1rem 0 1.5rem;padding:.2rem 1rem 1rem;border:1px solid var(--line);border-left:4px solid var(--bad);
border-radius:6px}
article.flaky{border-left-color:var(--warn)}
figure{margin:.8rem 0}
figcaption{font-size:.85rem;color:var(--soft)}
table{border-collapse:collapse;font-size:.9rem;overflow-wrap:normal;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding:.2rem 0}
th,td{padding:.25rem .6rem;border:1px solid var(--line);text-align:left;vertical-align:top}
thead th{background:var(--card)}
tbody th{font-weight:400}
.matrix td{text-align:center;white-space:nowrap}
.number{text-align:right}
td.bad{background:var(--bad-page)}td.warn{background:var(--warn-page)}td.bad a,td.warn a{color:inherit;font-weight:600}
details{margin:.5rem 0}
summary{cursor:pointer;padding:.2rem 0;width:fit-content}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:40rem){dl:not(.counts){grid-template-columns:1fr}dl:not(.counts) dd{margin:0 0 .4rem}
article{padding:.1rem .7rem .7rem}h1{font-size:1.3rem}th,td{padding:.2rem .4rem}}
@media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#333;--line:#999;--bad:#a40e26;--bad-page:#fff;
--good:#116329;--good-page:#fff;--warn:#7d4e00;--warn-page:#fff;--link:#000;--life:#0a6c8f}
body{max-width:none;padding:0;font-size:10pt}article{break-inside:auto}h2,h3,h4,summary{break-after:avoid}
figure,tr{break-inside:avoid}.picture{min-width:0}pre.scroll,.replay{max-height:none;white-space:pre-wrap}
details::details-content{content-visibility:visible;block-size:auto}}
)";
}

}  // namespace exitproof
