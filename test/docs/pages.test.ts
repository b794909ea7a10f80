import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { createCommandTree } from "../../src/cli/command-tree.ts";
import { errorCodes } from "../../src/core/error-codes.ts";
import { judgeCommand, words } from "./command-line.ts";
import { anchorsIn, codeIn, linksIn, readPages, root } from "./markdown.ts";

const pages = readPages();

test("every link leads to a file, and to a heading where it names one", () => {
  const broken = pages.flatMap(({ path, text }) =>
    linksIn(text)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !leadsSomewhere(path, link))
      .map((link) => `${path}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test("every BEHAVIOUR.md of the local cloud is linked from its page", () => {
  const linked = new Set(
    linksIn(pages.find(({ path }) => path === "docs/local-cloud.md")?.text ?? "").map((link) =>
      normalize(join("docs", link)),
    ),
  );
  const written = readdirSync(join(root, "src", "local-cloud"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("BEHAVIOUR.md"))
    .map((file) => join("src", "local-cloud", file));
  expect(written.filter((file) => !linked.has(file))).toEqual([]);
});

test("every path of the repository that is quoted exists", () => {
  const missing = pages.flatMap(({ path, text }) =>
    codeIn(text)
      .flatMap((code) => [...code.matchAll(/(?<![\w./-])(?:src|components|docs|test|\.ci)\/[\w./-]*\w/g)])
      .map((match) => match[0])
      .filter((quoted) => !existsSync(join(root, quoted)))
      .map((quoted) => `${path}: ${quoted}`),
  );
  expect(missing).toEqual([]);
});

test("every function that architecture names after its file is in that file", () => {
  const text = pages.find(({ path }) => path === "docs/architecture.md")?.text ?? "";
  const named = [...text.matchAll(/\]\(\.\.\/([\w./-]+\.ts)\)\s+`([\w.]+)`/g)].map((match) => ({
    file: match[1] ?? "",
    name: match[2] ?? "",
  }));
  expect(named.length).toBeGreaterThan(15);
  const missing = named.filter(
    ({ file, name }) => !new RegExp(`\\b${name.split(".").at(-1)}\\b`).test(readFileSync(join(root, file), "utf8")),
  );
  expect(missing).toEqual([]);
});

test("every lor-infra command that is quoted exists, with its options", async () => {
  const { program } = await createCommandTree();
  const unknown = pages.flatMap(({ path, text }) =>
    codeIn(text)
      .flatMap((code) => [...code.matchAll(/(?<![\w/.-])lor-infra ([^`;|()"…]+)/g)])
      .flatMap((match) => judgeCommand(program, words(match[1] ?? "")).map((fault) => `${path}: ${fault}`)),
  );
  expect(unknown).toEqual([]);
});

test("every command but completion is told in README", async () => {
  const readme = pages.find(({ path }) => path === "README.md")?.text ?? "";
  const names = (await createCommandTree()).program.commands.map((command) => command.name());
  const left = names.filter((name) => !["completion", "complete", "help"].includes(name));
  expect(left.filter((name) => !new RegExp(`lor-infra ${name}\\b`).test(readme))).toEqual([]);
});

test("every npm script that is quoted exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const quoted = pages.flatMap(({ text }) =>
    codeIn(text).flatMap((code) => [...code.matchAll(/npm run (?:-\w+ )?([\w:-]+)/g)].map((match) => match[1] ?? "")),
  );
  expect(quoted).not.toEqual([]);
  expect(quoted.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test("every error code that a page links to, and every one in brackets in a transcript, exists", () => {
  const known = new Set(Object.keys(errorCodes));
  const unknown = pages
    .filter(({ path }) => path !== "docs/errors.md")
    .flatMap(({ path, text }) => {
      const linked = [...text.matchAll(/errors\.md#([\w-]+)/g)].map((match) => match[1] ?? "");
      const shown = codeIn(text).flatMap((code) =>
        [...code.matchAll(/\[([a-z]+(?:-[a-z]+)+)\]$/g)].map((match) => match[1] ?? ""),
      );
      return [...linked, ...shown].filter((code) => !known.has(code)).map((code) => `${path}: ${code}`);
    });
  expect(unknown).toEqual([]);
});

test("no page names a folder of one machine", () => {
  const named = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w.~>])\/(?:work|root|home|tmp)\/[\w.-]+/g)].map((match) => `${path}: ${match[0]}`),
  );
  expect(named).toEqual([]);
});

function leadsSomewhere(from: string, link: string): boolean {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsIn(readFileSync(join(root, target), "utf8")).has(anchor);
}
