// Looks at the pages of a back-test in a browser: node look.mjs FOLDER SCREENSHOTS
// Exits with 1 if one of them is not accessible, loads or runs anything but its own, does not fit, or does not work.
import { accessibility } from "./axe.mjs";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, screenshots] = process.argv.slice(2).map((path) => resolve(path));
mkdirSync(screenshots, { recursive: true });

const PAGES = ["report", "compared", "long", "hostile", "nothing-found", "nothing-read"];
const LIGHT = { colorScheme: "light", viewport: { width: 1280, height: 900 } };
const DARK = { ...LIGHT, colorScheme: "dark" };
const NARROW = { ...LIGHT, viewport: { width: 360, height: 780 } };
const PRINT = { ...LIGHT, viewport: { width: 718, height: 1000 } };

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

const failures = [];
const started = performance.now();

/// Opens a page, looks at it, and holds it against what is true of every page.
async function look(name, how, options, within) {
  const context = await browser.newContext(options);
  // Machines that build beside this are slow.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const address = pathToFileURL(`${folder}/${name}.html`).href;
  const asked = [];
  const said = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  try {
    await page.goto(address);
    await within(page, asked, said);
    const others = asked.filter((url) => url.split("#")[0] !== address);
    assert.deepEqual(others, [], "asks for nothing but itself");
    assert.deepEqual(said, [], "says nothing in the console");
  } catch (error) {
    failures.push(`${name}, ${how}: ${error.message}`);
    console.error(`FAILED  ${failures.at(-1)}\n`);
  }
  await context.close();
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s  ${name}, ${how}`);
}

/// The whole page where that differs from others, and else its beginning.
const shot = (page, name) =>
  page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: /^(report|compared-light)/.test(name) });

async function isAccessible(page) {
  const { wrong, right } = await accessibility(page);
  assert.deepEqual(wrong.slice(0, 5), [], "is accessible");
  assert.ok(right > 10, "was looked at by axe");
}

/// Nothing sticks out to the right, is cut off, or has to be scrolled to but what scrolls by itself.
async function fits(page) {
  const { wide, out, cut } = await page.evaluate(() => {
    const all = Array.from(document.querySelectorAll("body *")).filter(
      (element) => !element.closest(".scroll *, svg, select, details:not([open]) > :not(summary)"),
    );
    const told = (elements) => elements.map((element) => element.outerHTML.slice(0, 120));
    return {
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      out: told(all.filter((element) => element.getBoundingClientRect().right > innerWidth + 1)),
      cut: told(all.filter((element) => !element.matches(".scroll, input") && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1)),
    };
  });
  assert.equal(wide, 0, "is no broader than the screen");
  assert.deepEqual(out, [], "sticks out nowhere");
  assert.deepEqual(cut, [], "is cut off nowhere");
}

/// Tables, and the first findings of each list.
const openSome = (page) =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll("details.plain, details:nth-child(-n+5)")) details.open = true;
  });

for (const name of PAGES) {
  for (const [how, options] of Object.entries({ light: LIGHT, dark: DARK, narrow: NARROW })) {
    // Differ from the report in nothing but texts, and how many.
    if (["hostile", "long"].includes(name) && how !== "narrow") continue;
    await look(name, how, options, async (page) => {
      await fits(page);
      // What is true of five findings is true of two thousand.
      if (name !== "long") {
        await openSome(page);
        await isAccessible(page);
        await fits(page);
      }
      await shot(page, `${name}-${how}`);
    });
  }
}

await look("report", "without a script", { ...LIGHT, javaScriptEnabled: false }, async (page) => {
  assert.equal(await page.locator("#filter").isVisible(), false, "what needs the script is not there");
  const findings = page.locator("#worst > details");
  assert.equal(await findings.count(), 24);
  await findings.first().locator("summary").click();
  for (const text of ["This request would get in", "lambda:InvokeFunction", "replace-resource-policy"]) {
    assert.ok(await findings.first().getByText(text).first().isVisible(), `${text} is there`);
  }
  await shot(page, "report-without-script");
});

await look("report", "the filter", LIGHT, async (page) => {
  const shown = () => page.locator("#worst > details:visible").count();
  const output = () => page.locator("#shown").textContent();
  assert.equal(await output(), "24 of 24 shown");
  await page.getByLabel("Severity").selectOption("critical");
  const critical = await page.locator('#worst > details[data-severity="critical"]').count();
  assert.ok(critical > 0 && critical < 24);
  assert.equal(await shown(), critical);
  await page.locator('#filter select[name="control"]').selectOption("function-policy.public");
  assert.equal(await shown(), await page.locator('#worst > details[data-control="function-policy.public"]').count());
  await page.getByLabel("Text").fill("checkout-api  ADDPERMISSION");
  const few = await shown();
  assert.ok(few > 0 && few < critical, `${few} of ${critical}`);
  assert.equal(await output(), `${few} of 24 shown`);
  await shot(page, "report-filtered");
  // The address has the filter: who opens it sees the same.
  const address = page.url();
  assert.ok(address.includes("severity=critical"), address);
  await page.goto("about:blank");
  await page.goto(address);
  assert.equal(await shown(), few);
  await page.getByLabel("Text").fill("nothing has this");
  assert.equal(await shown(), 0);
  assert.ok(await page.getByRole("button", { name: "Open all shown" }).isDisabled());
  await page.getByLabel("Text").fill("");
  await page.getByRole("button", { name: "Open all shown" }).click();
  assert.equal(await page.locator("#worst > details[open]:visible").count(), await shown());
  await page.locator('#controls a[data-control="change.untrusted-deployer"]').click();
  assert.equal(await page.getByLabel("Severity").inputValue(), "");
  assert.equal(await shown(), await page.locator('#worst > details[data-control="change.untrusted-deployer"]').count());
});

await look("report", "an address of a finding", LIGHT, async (page) => {
  const id = await page.locator("#worst > details").nth(17).getAttribute("id");
  await page.goto("about:blank");
  await page.goto(pathToFileURL(`${folder}/report.html`).href + `#${id}`);
  const finding = page.locator(`#${id}`);
  assert.ok(await finding.evaluate((details) => details.open), "is opened");
  await page.waitForFunction((id) => {
    const { top } = document.getElementById(id).getBoundingClientRect();
    return top >= 0 && top < innerHeight;
  }, id);
  // One that the filter hides is shown again.
  await page.getByLabel("Text").fill("nothing has this");
  assert.equal(await finding.isVisible(), false);
  await page.evaluate((id) => (location.hash = id), id);
  await finding.waitFor({ state: "visible" });
});

await look("hostile", "nothing runs", LIGHT, async (page) => {
  await openSome(page);
  const { hacked, tags, handlers } = await page.evaluate(() => ({
    hacked: window.hacked,
    tags: document.querySelectorAll("img, iframe, object, embed, link, base, main script, main style").length,
    handlers: Array.from(document.querySelectorAll("*")).flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith("on") || name === "style"),
  }));
  assert.deepEqual({ hacked, tags, handlers }, { hacked: undefined, tags: 0, handlers: [] });
  assert.ok((await page.locator("#worst").textContent()).includes("<script>window.hacked = 1</script>"), "is shown");
});

// The page's own rule, not only the escaping, keeps out what is put in regardless.
await look("report", "what is put in", LIGHT, async (page, asked, said) => {
  const outcome = await page.evaluate(async () => {
    const refused = [];
    document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = "window.hacked = 1";
    const image = document.createElement("img");
    image.src = "https://attacker.example/x";
    document.body.append(script, image);
    await fetch("https://attacker.example/x").catch(() => {});
    await new Promise((done) => setTimeout(done, 200));
    return { hacked: window.hacked, refused: refused.sort() };
  });
  assert.deepEqual(outcome, { hacked: undefined, refused: ["connect-src", "img-src", "script-src-elem"] });
  // Both tell of what was refused.
  asked.length = 0;
  said.length = 0;
});

for (const name of ["report", "compared", "nothing-found"]) {
  await look(name, "on paper", PRINT, async (page) => {
    await page.emulateMedia({ media: "print" });
    await openSome(page);
    assert.equal(await page.locator("#filter").isVisible(), false, "no filter on paper");
    const cut = await page.evaluate(() =>
      Array.from(document.querySelectorAll(".scroll"))
        .filter((table) => table.checkVisibility() && table.scrollWidth > table.clientWidth + 1)
        .map((table) => `${table.getAttribute("aria-label")}: ${table.scrollWidth} in ${table.clientWidth}`),
    );
    assert.deepEqual(cut, [], "no table is cut off");
    await fits(page);
    await shot(page, `${name}-print`);
    await page.pdf({ path: `${screenshots}/${name}.pdf`, format: "A4", preferCSSPageSize: true });
  });
}

await look("long", "two thousand findings", LIGHT, async (page) => {
  assert.equal(await page.locator("#worst > details").count(), 2000);
  const milliseconds = await page.evaluate(async () => {
    const text = document.querySelector("#filter input");
    const start = performance.now();
    text.value = "checkout";
    text.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - start;
  });
  console.log(`a filter over 2,000 findings takes ${Math.round(milliseconds)} ms`);
});

await browser.close();
console.log(`${PAGES.length} pages looked at, ${failures.length} failures; screenshots in ${screenshots}`);
process.exitCode = failures.length > 0 ? 1 : 0;
