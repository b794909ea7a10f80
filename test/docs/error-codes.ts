import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";
import { type ErrorCode, errorCodes } from "../../src/core/error-codes.ts";

/** One place in the code that makes an error, an issue or a warning. */
export interface ErrorPlace {
  /** Path from the repository's root, with slashes. */
  readonly file: string;
  /** Exit code; `cause`: that of the error which caused this one; undefined: a warning, or another place turns it into an error. */
  readonly exit: number | "cause" | undefined;
  /** What it says, with `{name}` for what is only known when it happens. */
  readonly message: string | undefined;
  readonly accepted: string | undefined;
  readonly next: string | undefined;
  readonly warning: boolean;
}

/** A code of src/core/error-codes.ts with every place that makes it; none: no place was found. */
export interface RaisedCode {
  readonly code: ErrorCode;
  readonly places: readonly ErrorPlace[];
}

/** Values of the parameters of the functions that we are inside of, as their callers gave them. */
interface Bindings {
  readonly values: ReadonlyMap<ts.Symbol, ts.Expression | undefined>;
  /** The outermost call: that is where the error is decided. */
  readonly call: ts.CallExpression | undefined;
}

interface Found extends ErrorPlace {
  readonly code: ErrorCode;
}

/** Exit of a setting's refusal that names none: see `toIssue` in src/config/sections.ts. */
const exitOfARefusedSetting = 2;

/** Of a check of a switch: see `preflightError` in src/rolling/preflight/preflight-check.ts. */
const exitOfARefusedCondition = 3;

/** What is told and accepted: by events and findings as their kind, by checks as their outcome. */
const warningKinds: ReadonlySet<string> = new Set(["warning", "unknown"]);

const collected = new Map<string, readonly RaisedCode[]>();

/** Every error code with the places of `src` and `components` that make it. Reads the repository once, changes nothing. */
export function collectErrorCodes(root: string): readonly RaisedCode[] {
  const known = collected.get(root) ?? collect(root);
  collected.set(root, known);
  return known;
}

function collect(root: string): readonly RaisedCode[] {
  const found = new Collector(
    root,
    ["src", "components"].flatMap((folder) => sourcesIn(join(root, folder))),
  ).collect();
  const places = Map.groupBy(found, ({ code }) => code);
  return (Object.keys(errorCodes) as ErrorCode[]).map((code) => ({
    code,
    places: distinct((places.get(code) ?? []).map(({ code: _, ...place }) => place)),
  }));
}

class Collector {
  readonly #root: string;
  readonly #files: ReadonlySet<string>;
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  /** Declared function -> its calls. */
  readonly #calls = new Map<ts.Symbol, ts.CallExpression[]>();

  constructor(root: string, files: readonly string[]) {
    this.#root = root;
    this.#files = new Set(files);
    this.#program = openProgram(files);
    this.#checker = this.#program.getTypeChecker();
  }

  collect(): readonly Found[] {
    const objects: ts.ObjectLiteralExpression[] = [];
    for (const source of this.#program.getSourceFiles()) {
      if (this.#files.has(source.fileName)) this.#visit(source, objects);
    }
    return objects.flatMap((object) => this.#read(object, { values: new Map(), call: undefined }));
  }

  #visit(node: ts.Node, objects: ts.ObjectLiteralExpression[]): void {
    if (ts.isCallExpression(node)) {
      const callee = this.#symbolOf(node.expression);
      if (callee !== undefined) this.#calls.set(callee, [...(this.#calls.get(callee) ?? []), node]);
    }
    if (ts.isObjectLiteralExpression(node) && propertyOf(node, "code") !== undefined) objects.push(node);
    ts.forEachChild(node, (child) => this.#visit(child, objects));
  }

  #read(object: ts.ObjectLiteralExpression, bindings: Bindings): readonly Found[] {
    const warning = [textOf(object, "kind"), textOf(object, "outcome")].some(
      (kind) => kind !== undefined && warningKinds.has(kind),
    );
    const code = propertyOf(object, "code");
    if (code === undefined) return [];
    const parameter = this.#openParameter(code, bindings);
    if (parameter !== undefined) {
      // The code comes from whoever calls this function: read the object once for each call.
      return this.#callersOf(parameter.parent).flatMap((call) =>
        this.#read(object, bind(this.#checker, parameter.parent, call, bindings)),
      );
    }
    const place = bindings.call ?? object;
    const file = relative(this.#root, place.getSourceFile().fileName).split(sep).join("/");
    const { message, what, reason, accepted, next, exit } = this.#fields(object, bindings);
    return this.#codesOf(code, bindings).map((value) => {
      const told = warning || errorCodes[value].exit === "none";
      return {
        code: value,
        file,
        exit: told ? undefined : exit,
        message: what ?? message ?? reason,
        accepted,
        next,
        warning: told,
      };
    });
  }

  #fields(object: ts.ObjectLiteralExpression, bindings: Bindings) {
    const text = (name: string) => {
      const value = propertyOf(object, name);
      return value === undefined ? undefined : this.#text(value, bindings, 0);
    };
    const exit = propertyOf(object, "exit");
    const own = {
      message: text("message"),
      reason: text("reason"),
      accepted: text("accepted"),
      // A policy says what to do as its remedy.
      next: text("next") ?? text("remedy"),
    };
    const refusal = propertyOf(object, "accepted") !== undefined && propertyOf(object, "culprit") === undefined;
    const refused = textOf(object, "outcome") === "refused" ? exitOfARefusedCondition : undefined;
    const given = exit === undefined ? refused : this.#exit(exit, bindings);
    return {
      ...own,
      what: undefined,
      ...this.#problemOf(bindings),
      exit: given ?? (refusal ? exitOfARefusedSetting : undefined),
    };
  }

  /** What an issue made by `problem(path, code, { what, accepted })` says, taken from the call. */
  #problemOf(bindings: Bindings): { readonly what?: string | undefined; readonly accepted?: string | undefined } {
    for (const value of bindings.values.values()) {
      const object = value === undefined ? undefined : this.#objectOf(value);
      if (object === undefined || propertyOf(object, "what") === undefined) continue;
      const what = propertyOf(object, "what");
      const accepted = propertyOf(object, "accepted");
      return {
        what: what && this.#text(what, bindings, 0),
        accepted: accepted && this.#text(accepted, bindings, 0),
      };
    }
    return {};
  }

  /** The parameter that a code is, when no caller is known yet. */
  #openParameter(code: ts.Expression, bindings: Bindings): ts.ParameterDeclaration | undefined {
    const symbol = ts.isIdentifier(code) ? this.#valueOf(code) : undefined;
    const declaration = symbol?.valueDeclaration;
    if (symbol === undefined || declaration === undefined || bindings.values.has(symbol)) return undefined;
    return ts.isParameter(declaration) ? declaration : undefined;
  }

  #callersOf(declared: ts.Node): readonly ts.CallExpression[] {
    const name = ts.isFunctionDeclaration(declared) ? declared.name : undefined;
    const symbol = name && this.#checker.getSymbolAtLocation(name);
    return (symbol && this.#calls.get(symbol)) ?? [];
  }

  /** The codes that an expression may be; none where it only passes on the code of another error. */
  #codesOf(code: ts.Expression, bindings: Bindings): readonly ErrorCode[] {
    if (ts.isConditionalExpression(code)) {
      return [...this.#codesOf(code.whenTrue, bindings), ...this.#codesOf(code.whenFalse, bindings)];
    }
    if (ts.isIdentifier(code)) {
      const value = this.#resolve(code, bindings);
      if (value !== undefined && value !== code) return this.#codesOf(value, bindings);
    }
    if (ts.isCallExpression(code)) return this.#returned(code, bindings);
    // As declared: a comparison before narrows the type, and the code is still passed on.
    const symbol = ts.isPropertyAccessExpression(code) ? this.#symbolOf(code) : undefined;
    const type = symbol === undefined ? this.#checker.getTypeAtLocation(code) : this.#checker.getTypeOfSymbol(symbol);
    const codes = literalsOf(type).filter(isErrorCode);
    return codes.length === Object.keys(errorCodes).length ? [] : codes;
  }

  /** Codes that a function of ours may return. */
  #returned(call: ts.CallExpression, bindings: Bindings): readonly ErrorCode[] {
    const body = this.#declarationOf(call)?.body;
    const texts: ErrorCode[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isReturnStatement(node) && node.expression !== undefined)
        texts.push(...this.#codesOf(node.expression, bindings));
      else ts.forEachChild(node, visit);
    };
    if (body !== undefined) visit(body);
    return texts;
  }

  #declarationOf(call: ts.CallExpression): ts.FunctionDeclaration | undefined {
    const declaration = this.#symbolOf(call.expression)?.valueDeclaration;
    return declaration !== undefined && ts.isFunctionDeclaration(declaration) ? declaration : undefined;
  }

  #exit(value: ts.Expression, bindings: Bindings): number | "cause" {
    const resolved = ts.isIdentifier(value) ? this.#resolve(value, bindings) : value;
    if (resolved === undefined) {
      // A parameter that the caller left out has its default.
      const declaration = ts.isIdentifier(value) ? this.#valueOf(value)?.valueDeclaration : undefined;
      const given = declaration !== undefined && ts.isParameter(declaration) ? declaration.initializer : undefined;
      return given === undefined ? "cause" : this.#exit(given, bindings);
    }
    const type = this.#checker.getTypeAtLocation(resolved);
    return type.isNumberLiteral() ? type.value : ts.isNumericLiteral(resolved) ? Number(resolved.text) : "cause";
  }

  /** A text as a person would read it; what is only known when it happens is `{name}` or `…`. */
  #text(value: ts.Expression, bindings: Bindings, depth: number): string | undefined {
    if (depth > 6) return undefined;
    const inner = (expression: ts.Expression) => this.#text(expression, bindings, depth + 1);
    if (ts.isStringLiteralLike(value)) return value.text;
    if (ts.isNumericLiteral(value)) return value.text;
    if (ts.isPrefixUnaryExpression(value) && ts.isNumericLiteral(value.operand)) return value.getText();
    if (ts.isTemplateExpression(value)) {
      return value.templateSpans.reduce(
        (text, span) =>
          text + (this.#known(span.expression, bindings, depth) ?? nameOf(span.expression)) + span.literal.text,
        value.head.text,
      );
    }
    if (ts.isConditionalExpression(value)) {
      const sides = [inner(value.whenTrue), inner(value.whenFalse)].filter((side) => side !== undefined && side !== "");
      return sides.length === 0 ? undefined : sides.join(" / ");
    }
    if (ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      const [left, right] = [inner(value.left), inner(value.right)];
      return left === undefined && right === undefined ? undefined : `${left ?? "…"}${right ?? "…"}`;
    }
    if (ts.isIdentifier(value)) {
      const resolved = this.#resolve(value, bindings);
      return resolved === undefined || resolved === value ? undefined : inner(resolved);
    }
    return undefined;
  }

  /** A part of a template, when it is the same every time. */
  #known(expression: ts.Expression, bindings: Bindings, depth: number): string | undefined {
    return ts.isIdentifier(expression) || ts.isStringLiteralLike(expression)
      ? this.#text(expression, bindings, depth + 1)
      : undefined;
  }

  /** What an identifier stands for: its caller's argument, or its constant. */
  #resolve(identifier: ts.Identifier, bindings: Bindings): ts.Expression | undefined {
    const symbol = this.#valueOf(identifier);
    if (symbol === undefined) return undefined;
    if (bindings.values.has(symbol)) return bindings.values.get(symbol);
    const declaration = symbol.valueDeclaration;
    return declaration !== undefined && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  }

  #objectOf(value: ts.Expression): ts.ObjectLiteralExpression | undefined {
    return ts.isObjectLiteralExpression(value) ? value : undefined;
  }

  /** Of `{ code }` the variable, not the property. */
  #valueOf(identifier: ts.Identifier): ts.Symbol | undefined {
    return ts.isShorthandPropertyAssignment(identifier.parent)
      ? this.#checker.getShorthandAssignmentValueSymbol(identifier.parent)
      : this.#symbolOf(identifier);
  }

  #symbolOf(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.#checker.getSymbolAtLocation(node);
    return symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0
      ? this.#checker.getAliasedSymbol(symbol)
      : symbol;
  }
}

/** Parameters of a function -> the arguments of one call. A parameter taken apart binds each of its names to the argument's property. */
function bind(checker: ts.TypeChecker, declared: ts.Node, call: ts.CallExpression, outer: Bindings): Bindings {
  const values = new Map(outer.values);
  const bindings: Bindings = { values, call };
  if (!ts.isFunctionDeclaration(declared)) return bindings;
  for (const [index, parameter] of declared.parameters.entries()) {
    const argument = call.arguments[index];
    if (ts.isIdentifier(parameter.name)) {
      const symbol = checker.getSymbolAtLocation(parameter.name);
      if (symbol !== undefined) values.set(symbol, argument);
      continue;
    }
    // `problem` takes its texts apart; the whole object is kept under the pattern's first name.
    const [first] = parameter.name.elements;
    const symbol =
      first !== undefined && ts.isBindingElement(first) ? checker.getSymbolAtLocation(first.name) : undefined;
    if (symbol !== undefined) values.set(symbol, argument);
  }
  return bindings;
}

function propertyOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const property of object.properties) {
    if (property.name === undefined || !ts.isIdentifier(property.name) || property.name.text !== name) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
  return undefined;
}

function textOf(object: ts.ObjectLiteralExpression, name: string): string | undefined {
  const value = propertyOf(object, name);
  return value !== undefined && ts.isStringLiteral(value) ? value.text : undefined;
}

/** What stands in a text for a value that is only known when it happens. */
function nameOf(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return `{${expression.text}}`;
  if (ts.isPropertyAccessExpression(expression)) return `{${expression.name.text}}`;
  return "…";
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}

function literalsOf(type: ts.Type): readonly string[] {
  const types = type.isUnion() ? type.types : [type];
  return types.flatMap((one) => (one.isStringLiteral() ? [one.value] : []));
}

/** Only our own files and the language's library: packages would cost seconds and say nothing about our codes. */
function openProgram(files: readonly string[]): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    strict: true,
    noEmit: true,
    types: [],
  };
  const host = ts.createCompilerHost(options, true);
  host.resolveModuleNameLiterals = (literals, containingFile) =>
    literals.map(({ text }) =>
      text.startsWith(".") && text.endsWith(".ts")
        ? {
            resolvedModule: {
              resolvedFileName: join(containingFile, "..", text),
              extension: ts.Extension.Ts,
              isExternalLibraryImport: false,
            },
          }
        : { resolvedModule: undefined },
    );
  return ts.createProgram({ rootNames: [...files], options, host });
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function distinct(places: readonly ErrorPlace[]): readonly ErrorPlace[] {
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}
