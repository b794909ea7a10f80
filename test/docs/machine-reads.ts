import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

/** A place where code reads the machine under it by itself. */
export interface MachineRead {
  /** Path in the repository. */
  readonly file: string;
  readonly line: number;
  /** What is read, such as `Date.now` or `randomBytes of node:crypto`. */
  readonly what: string;
}

/** Globals, also as properties of `globalThis`. */
const globals: ReadonlySet<string> = new Set([
  "crypto",
  "fetch",
  "performance",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

/** Properties of globals. */
const properties: Readonly<Record<string, readonly string[]>> = {
  AbortSignal: ["timeout"],
  Date: ["now"],
  Math: ["random"],
  Temporal: ["Now"],
  process: ["cpuUsage", "geteuid", "getgid", "getuid", "hrtime", "kill", "pid", "ppid", "uptime"],
};

/** Exports of Node's modules; "all" of those that have nothing else. */
const exported: Readonly<Record<string, readonly string[] | "all">> = {
  crypto: [
    "generateKey",
    "generateKeyPair",
    "generateKeyPairSync",
    "generateKeySync",
    "getRandomValues",
    "randomBytes",
    "randomFill",
    "randomFillSync",
    "randomInt",
    "randomUUID",
    "webcrypto",
  ],
  os: ["hostname", "uptime", "userInfo"],
  perf_hooks: "all",
  process: "all",
  timers: "all",
  "timers/promises": "all",
};

/** Files of the kernel that tell of a machine and its processes. */
const kernelFiles = /^\/(proc|sys)(\/|$)|^\/etc\/machine-id$/;

/** Everything that the files of these folders read of their machine by themselves. @param root folder of the paths that are told */
export function machineReads(root: string, folders: readonly string[]): readonly MachineRead[] {
  const files = folders.flatMap((folder) => sources(join(root, folder)));
  // Without any library a global has no symbol: what has one is a name of the file's own.
  const options = { noLib: true, noResolve: true, types: [], allowJs: true, target: ts.ScriptTarget.ESNext };
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${file} was not read`);
    return readsIn(source, checker).map(({ node, what }) => ({
      file: relative(root, file),
      line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
      what,
    }));
  });
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name))
    .sort();
}

interface Found {
  readonly node: ts.Node;
  readonly what: string;
}

function readsIn(source: ts.SourceFile, checker: ts.TypeChecker): readonly Found[] {
  const found: Found[] = [];
  const isGlobal = (node: ts.Node, name?: string): node is ts.Identifier =>
    ts.isIdentifier(node) &&
    (name === undefined || node.text === name) &&
    (node.text === "globalThis" || declarationsOf(node, checker) === undefined);
  const visit = (node: ts.Node): void => {
    const what =
      importOf(node) ??
      propertyOf(node, (one) => isGlobal(one) || isImported(one, checker)) ??
      globalOf(node, isGlobal) ??
      dateOf(node, isGlobal) ??
      kernelFileOf(node);
    if (what === undefined) ts.forEachChild(node, visit);
    else for (const one of [what].flat()) found.push({ node, what: one });
  };
  visit(source);
  return found;
}

function declarationsOf(node: ts.Identifier, checker: ts.TypeChecker): readonly ts.Declaration[] | undefined {
  const symbol = ts.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
  return symbol?.declarations;
}

/** `import { randomBytes } from "node:crypto"`, and whatever could bring it by another way. */
function importOf(node: ts.Node): readonly string[] | undefined {
  const module = moduleOf(node);
  if (module === undefined) return undefined;
  const names = exported[module];
  if (names === undefined) return undefined;
  const clause = ts.isImportDeclaration(node) ? node.importClause : undefined;
  if (ts.isImportDeclaration(node) && clause?.isTypeOnly === true) return undefined;
  const bindings = clause?.namedBindings;
  if (
    names === "all" ||
    clause === undefined ||
    clause.name !== undefined ||
    !bindings ||
    !ts.isNamedImports(bindings)
  ) {
    return [`node:${module}`];
  }
  const read = bindings.elements
    .filter((one) => !one.isTypeOnly)
    .map((one) => (one.propertyName ?? one.name).text)
    .filter((name) => names.includes(name));
  return read.length === 0 ? undefined : read.map((name) => `${name} of node:${module}`);
}

/** The module of Node's that an import, a `require` or a re-export names. */
function moduleOf(node: ts.Node): string | undefined {
  const specifier =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || isRequire(node))
        ? node.arguments[0]
        : undefined;
  return specifier !== undefined && ts.isStringLiteralLike(specifier)
    ? specifier.text.replace(/^node:/, "")
    : undefined;
}

function isRequire({ expression }: ts.CallExpression): boolean {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  return ts.isIdentifier(name) && /^(require|getBuiltinModule)$/.test(name.text);
}

/** `Date.now`, `process.pid`, `process["pid"]`, `const { pid } = process`. */
function propertyOf(node: ts.Node, isOurs: (node: ts.Node) => boolean): string | readonly string[] | undefined {
  if (ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isObjectBindingPattern(node.name)) {
    const object = node.initializer;
    const names = ts.isIdentifier(object) && isOurs(object) ? watched(object.text) : undefined;
    const read = node.name.elements
      .map((one) => (one.propertyName ?? one.name).getText())
      .filter((name) => names?.includes(name) === true);
    return read.length === 0 ? undefined : read.map((name) => `${object.getText()}.${name}`);
  }
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
  const object =
    ts.isPropertyAccessExpression(node.expression) && node.expression.expression.getText() === "globalThis"
      ? node.expression.name
      : node.expression;
  const name = ts.isPropertyAccessExpression(node)
    ? node.name.text
    : ts.isStringLiteralLike(node.argumentExpression)
      ? node.argumentExpression.text
      : "";
  if (!ts.isIdentifier(object) || watched(object.text)?.includes(name) !== true) return undefined;
  return object === node.expression && !isOurs(object) ? undefined : `${object.text}.${name}`;
}

function watched(object: string): readonly string[] | undefined {
  return object === "globalThis" ? [...globals] : Object.hasOwn(properties, object) ? properties[object] : undefined;
}

/** Such as `Temporal`, which comes from a library. */
function isImported(node: ts.Node, checker: ts.TypeChecker): boolean {
  return checker.getSymbolAtLocation(node)?.declarations?.some(ts.isImportSpecifier) === true;
}

/** `setTimeout` as a value; not as the name of a property or a type. */
function globalOf(node: ts.Node, isGlobal: (node: ts.Node) => node is ts.Identifier): string | undefined {
  if (!ts.isIdentifier(node) || !globals.has(node.text) || isNameOnly(node)) return undefined;
  return isGlobal(node) ? node.text : undefined;
}

function isNameOnly(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isTypeQueryNode(parent) || ts.isTypeReferenceNode(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return "name" in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent);
}

/** `new Date()` and `Date()`, which is the same as a text. */
function dateOf(node: ts.Node, isGlobal: (node: ts.Node, name: string) => boolean): string | undefined {
  if (ts.isNewExpression(node) && isGlobal(node.expression, "Date") && (node.arguments?.length ?? 0) === 0)
    return "new Date()";
  return ts.isCallExpression(node) && isGlobal(node.expression, "Date") ? "Date()" : undefined;
}

function kernelFileOf(node: ts.Node): string | undefined {
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node);
  return isText && kernelFiles.test(node.text) ? node.text.replace(/^(\/(?:proc|sys))\/.*/s, "$1") : undefined;
}
