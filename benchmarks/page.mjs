// Measure pages in Chromium: first paint, what is wider than the window, and what axe-core finds.
//
//     npm install --prefix out puppeteer-core axe-core
//     NODE_PATH=out/node_modules node benchmarks/page.mjs out/*.html
//
// CHROMIUM names another browser than /usr/bin/chromium.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";

const RUNS = 5;
const WIDTHS = [390, 768, 1440];
const modules = createRequire(resolve(process.env.NODE_PATH, "x"));
const browser = await modules("puppeteer-core").launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

const opened = async (file, width, scheme) => {
  const page = await browser.newPage();
  page.on("console", (message) => console.error(`${basename(file)}: ${message.text()}`));
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(`file://${resolve(file)}`);
  return page;
};

const firstPaint = async (file) => {
  const page = await opened(file, 1440, "light");
  const paint = () => performance.getEntriesByType("paint")[0]?.startTime;
  await page.waitForFunction(paint);
  const found = await page.evaluate(paint);
  await page.close();
  return found;
};

const violations = async (page) => {
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  await page.evaluate(axe);
  return (await page.evaluate(() => globalThis.axe.run())).violations;
};

console.log("| page | first paint, median of 5 [ms] | slowest [ms] | wider than the window [px] | axe: serious, critical | axe: others |");
console.log("|---|---:|---:|---:|---:|---:|");
for (const file of process.argv.slice(2)) {
  const paints = [];
  for (let run = 0; run < RUNS; run += 1) paints.push(await firstPaint(file));
  paints.sort((a, b) => a - b);
  let wider = 0;
  let [grave, others] = [0, 0];
  for (const width of WIDTHS) {
    for (const scheme of ["light", "dark"]) {
      const page = await opened(file, width, scheme);
      wider = Math.max(wider, await page.evaluate(() => document.documentElement.scrollWidth - innerWidth));
      for (const found of await violations(page)) {
        const bad = ["serious", "critical"].includes(found.impact);
        [grave, others] = [grave + (bad ? 1 : 0), others + (bad ? 0 : 1)];
        console.error(`${basename(file)}, ${width} px, ${scheme}: ${found.id}: ${found.nodes[0].html.slice(0, 120)}`);
      }
      await page.close();
    }
  }
  const row = [basename(file), Math.round(paints[RUNS >> 1]), Math.round(paints.at(-1)), wider, grave, others];
  console.log(`| ${row.join(" | ")} |`);
}
await browser.close();
