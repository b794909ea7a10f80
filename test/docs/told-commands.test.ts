import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { createCommandTree } from "../../src/cli/command-tree.ts";
import { judgeCommand, words } from "./command-line.ts";
import { root } from "./markdown.ts";

interface Told {
  readonly file: string;
  readonly command: string;
}

/** Every command of lor-infra in a text of the code: what an error tells to type next, in a message, a hint or a screen. `{}` stands for what is only known when it happens. */
function toldCommands(file: string, text: string): readonly Told[] {
  const told: Told[] = [];
  const visit = (node: ts.Node): void => {
    for (const [, command = ""] of textOf(node).matchAll(/(?<![\w/.@-])lor-infra ([^`;|()"…\n]+)/g))
      told.push({ file, command });
    if (!ts.isTemplateExpression(node)) ts.forEachChild(node, visit);
    else for (const { expression } of node.templateSpans) visit(expression);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return told;
}

function textOf(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return "";
  return node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join("");
}

/** Verbs that follow the program's name where a sentence is about it. */
const verbs = new Set(["can", "plans", "works", "wrote"]);

async function unknownIn(told: readonly Told[]): Promise<readonly string[]> {
  const { program } = await createCommandTree();
  return (
    told
      .map(({ file, command }) => ({ file, said: words(command) }))
      // The mark of a comment of a pull request is no command either.
      .filter(({ said }) => !verbs.has(said[0] ?? "") && !said.includes("-->"))
      .flatMap(({ file, said }) => judgeCommand(program, said).map((fault) => `${file}: ${fault}`))
  );
}

test("every command that the code tells a person to type exists, with its options", async () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join("src", file));
  const told = files.flatMap((file) => toldCommands(file, readFileSync(join(root, file), "utf8")));
  expect(told.length).toBeGreaterThan(60);
  expect(await unknownIn(told)).toEqual([]);
});

test.each([
  ["a command that does not exist", 'const next = "lor-infra repair";', "lor-infra repair"],
  ["a command of a group", "next: `lor-infra state undo`", "lor-infra state undo"],
  ["an option, after what is only known later", "next: `lor-infra recover --rebuild ps-1 --stack prod`", "--rebuild"],
])("finds %s", async (_, code, fault) => {
  expect((await unknownIn(toldCommands("one.ts", code))).join()).toContain(fault);
});

/** Code of each `new LorError({…})` in a file that says neither what is accepted nor what to type next. */
function withoutAdvice(file: string, text: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const given =
      ts.isNewExpression(node) && node.expression.getText() === "LorError" ? node.arguments?.[0] : undefined;
    if (given !== undefined && ts.isObjectLiteralExpression(given)) {
      const known = new Map(given.properties.map((one) => [one.name?.getText() ?? "...", one]));
      if (!["next", "accepted", "..."].some((name) => known.has(name)))
        found.push(`${file}: ${known.get("code")?.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

test("every error says what is accepted or what to type next, but for an approval that was refused", () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((one) =>
    one.endsWith(".ts"),
  );
  const silent = files.flatMap((file) => withoutAdvice(file, readFileSync(join(root, "src", file), "utf8")));
  expect(silent).toEqual([`${join("stack", "proposal.ts")}: code: "not-approved"`]);
});

test("finds an error that leaves a person alone", () => {
  expect(withoutAdvice("one.ts", 'throw new LorError({ code: "internal", message: "no" });')).toHaveLength(1);
  expect(withoutAdvice("one.ts", 'throw new LorError({ code: "internal", next: "lor-infra up" });')).toEqual([]);
});
