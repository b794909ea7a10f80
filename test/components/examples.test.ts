import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "components");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

interface Example {
  /** A file that exists in memory only; beside the components, so that packages resolve as theirs do. */
  readonly file: string;
  readonly code: string;
}

/** The code of every `@example` of a source text. */
function examplesIn(name: string, text: string): readonly Example[] {
  return [...text.matchAll(/ \* @example\n \* ```ts\n((?: \*.*\n)*?) \* ```/g)].map(([, lines = ""], index) => ({
    file: join(folder, `example-${name.replaceAll("/", "-").replace(/\.ts$/, "")}-${index}.ts`),
    code: lines.replaceAll(/^ \* ?/gm, ""),
  }));
}

/** What the compiler says of all examples, in one program. */
function compile(examples: readonly Example[]): readonly string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const inMemory = new Map(examples.map(({ file, code }) => [file, code]));
  const compilerOptions: ts.CompilerOptions = {
    ...options,
    noEmit: true,
    incremental: false,
    paths: { "lor-infra/components": [join(folder, "index.ts")] },
  };
  const host = ts.createCompilerHost(compilerOptions);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => inMemory.has(file) || fileExists(file);
  host.readFile = (file) => inMemory.get(file) ?? readFile(file);
  host.getSourceFile = (file, target) => {
    const code = inMemory.get(file);
    return code === undefined ? getSourceFile(file, target) : ts.createSourceFile(file, code, target);
  };
  const program = ts.createProgram([...inMemory.keys()], compilerOptions, host);
  return [...inMemory.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}

it("every component class has an example", () => {
  const without = files.filter((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return /^export class /m.test(text) && examplesIn(file, text).length === 0;
  });
  expect(without).toEqual([]);
});

it("every example compiles against the exported names", () => {
  const examples = files.flatMap((file) => examplesIn(file, readFileSync(join(folder, file), "utf8")));
  const wrong = {
    file: join(folder, "example-wrong.ts"),
    code: 'import { Nothing } from "lor-infra/components";\nexport const one = new Nothing();',
  };
  expect(examples.length).toBeGreaterThan(8);
  expect(compile([...examples, wrong])).toEqual([
    expect.stringMatching(/example-wrong\.ts: .*no exported member 'Nothing'/),
  ]);
}, 120_000);
