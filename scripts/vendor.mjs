// Makes static/vendor and tests/vendor from the packages pinned in package-lock.json. For maintainers only:
//   npm ci --ignore-scripts && node scripts/vendor.mjs
// Nobody needs Node to install or run Segportal: the files that this writes are committed, with their hashes in MANIFEST.json.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import * as sass from "sass";

const root = new URL("..", import.meta.url).pathname;
const vendor = join(root, "static/vendor");
const forTests = join(root, "tests/vendor");
const modules = join(root, "node_modules");
const about = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));

const icons = readFileSync(join(root, "scripts/icons.txt"), "utf8").split(/\s+/).filter(Boolean).sort();

const made = [];
const put = (folder, file, content, name) => {
  writeFileSync(join(folder, file), content);
  const { version, license } = about(name);
  const sha384 = `sha384-${createHash("sha384").update(content).digest("base64")}`;
  made.push({ folder, file, name, version, licence: license, sha384 });
};

for (const folder of [vendor, forTests]) {
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) rmSync(join(folder, old));
}

// Bootstrap: only the parts in use, in a cascade layer, so that our own unlayered rules always win without a fight.
const scss = readFileSync(join(root, "scripts/bootstrap.scss"), "utf8");
const compiled = sass.compileString(scss, {
  loadPaths: [modules],
  style: "compressed",
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});
const banner = `/*! Bootstrap v${about("bootstrap").version} (parts, in a layer) | MIT | https://getbootstrap.com */\n`;
const css = compiled.css.replace(/^\uFEFF/, "").replace('@charset "UTF-8";', "");
put(vendor, `bootstrap-${about("bootstrap").version}.css`, `${banner}@layer bootstrap{${css}}\n`, "bootstrap");

// Inter: the variable weight axis, Latin and extended Latin.
const inter = "@fontsource-variable/inter";
for (const subset of ["latin", "latin-ext"]) {
  const bytes = readFileSync(join(modules, inter, `files/inter-${subset}-wght-normal.woff2`));
  put(vendor, `inter-${about(inter).version}-${subset}.woff2`, bytes, inter);
}

// Icons: one sprite of those named in scripts/icons.txt.
const symbols = icons.map((icon) => {
  const svg = readFileSync(join(modules, "bootstrap-icons/icons", `${icon}.svg`), "utf8");
  const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  const viewBox = /viewBox="([^"]+)"/.exec(svg)[1];
  return `<symbol id="${icon}" viewBox="${viewBox}">${body}</symbol>`;
});
put(vendor, `icons-${about("bootstrap-icons").version}.svg`, `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`, "bootstrap-icons");

// CodeMirror: the parts in use as one module; each package in it brings its licence.
const bundled = await esbuild.build({
  entryPoints: [join(root, "scripts/codemirror.mjs")],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  write: false,
});
const parts = [...new Set(Object.keys(bundled.metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean))].sort();
const named = parts.map((part) => `${part} ${about(part).version}`).join(", ");
put(vendor, `codemirror-${about("@codemirror/view").version}.js`, `/*! ${named} | MIT | https://codemirror.net */\n${bundled.outputFiles[0].text}`, "@codemirror/view");

// Tests only.
put(forTests, "axe.min.js", readFileSync(join(modules, "axe-core/axe.min.js")), "axe-core");

// The licences that the files come with.
const licences = [...new Set([...made.map((item) => item.name), ...parts])].map((name) => {
  const file = readdirSync(join(modules, name)).find((entry) => /^licen[cs]e/i.test(entry));
  return `==== ${name} ${about(name).version} ====\n\n${readFileSync(join(modules, name, file), "utf8").trim()}\n`;
});
writeFileSync(join(vendor, "LICENCES.txt"), licences.join("\n"));

for (const folder of [vendor, forTests]) {
  const files = made.filter((item) => item.folder === folder).map(({ folder: _, ...rest }) => rest);
  writeFileSync(join(folder, "MANIFEST.json"), `${JSON.stringify(files, null, 2)}\n`);
}
console.log(made.map((item) => `${item.file} (${item.name} ${item.version}, ${item.licence})`).join("\n"));
