import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";
import type { Property, Shape } from "./shape.ts";

/** One property as an SDK declares it, with its comment. */
export interface DeclaredProperty {
  readonly property: Property;
  readonly comment: string;
}

export interface DeclaredResource {
  readonly token: string;
  readonly inputs: Readonly<Record<string, DeclaredProperty>>;
  readonly outputs: Readonly<Record<string, DeclaredProperty>>;
}

/** Reads the declarations (.d.ts) and the calls (.js) of one official SDK, without running it. */
export class SdkDeclarations {
  readonly version: string;
  readonly #folder: string;
  readonly #nested = new Map<"inputs" | "outputs", ReadonlyMap<string, ts.InterfaceDeclaration>>();

  constructor(npmPackage: string) {
    const manifest = createRequire(import.meta.url).resolve(`${npmPackage}/package.json`);
    this.#folder = dirname(manifest);
    this.version = String(JSON.parse(readFileSync(manifest, "utf8")).version).replace(/^v/, "");
  }

  readResource(module: string): DeclaredResource {
    const source = this.#source(`${module}.d.ts`);
    const javascript = readFileSync(join(this.#folder, `${module}.js`), "utf8");
    const token = /__pulumiType = '([^']+)'/.exec(javascript)?.[1];
    const declaration = source.statements.find(
      (statement): statement is ts.ClassDeclaration =>
        ts.isClassDeclaration(statement) && statement.name?.text === token?.split(":")[2],
    );
    if (token === undefined || declaration === undefined)
      throw new Error(`${module}: no resource class with a type token`);
    const secrets = new Set([
      ...[...javascript.matchAll(/pulumi\.secret\(args\??\.(\w+)\)/g)].map((match) => match[1]),
      ...[...(/additionalSecretOutputs: \[([^\]]*)\]/.exec(javascript)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
        (match) => match[1],
      ),
    ]);
    const inputs = this.#members(this.#interfaceOf(source, `${declaration.name?.text}Args`).members, "inputs", secrets);
    const all = this.#members(declaration.members.filter(isStateProperty), "outputs", secrets);
    const outputs = Object.fromEntries(Object.entries(all).filter(([name]) => inputs[name] === undefined));
    return { token, inputs, outputs };
  }

  readFunction(module: string): DeclaredResource {
    const source = this.#source(`${module}.d.ts`);
    const javascript = readFileSync(join(this.#folder, `${module}.js`), "utf8");
    const token = /runtime\.invoke\("([^"]+)"/.exec(javascript)?.[1];
    if (token === undefined) throw new Error(`${module}: no invoke token`);
    const stem = (token.split(":")[2] ?? "").replace(/^./, (first) => first.toUpperCase());
    return {
      token,
      inputs: this.#members(this.#interfaceOf(source, `${stem}Args`).members, "inputs", new Set()),
      outputs: this.#members(this.#interfaceOf(source, `${stem}Result`).members, "outputs", new Set()),
    };
  }

  #source(path: string): ts.SourceFile {
    return ts.createSourceFile(path, readFileSync(join(this.#folder, path), "utf8"), ts.ScriptTarget.ES2022, true);
  }

  #interfaceOf(source: ts.SourceFile, name: string): ts.InterfaceDeclaration {
    const found = source.statements.find(
      (statement): statement is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(statement) && statement.name.text === name,
    );
    if (found === undefined) throw new Error(`${source.fileName}: no interface ${name}`);
    return found;
  }

  #members(
    members: readonly ts.Node[],
    side: "inputs" | "outputs",
    secrets: ReadonlySet<string | undefined>,
  ): Record<string, DeclaredProperty> {
    const result: Record<string, DeclaredProperty> = {};
    for (const member of members) {
      if (!(ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) || member.type === undefined) continue;
      const name = member.name.getText().replace(/^"|"$/g, "");
      const comment = ts
        .getJSDocCommentsAndTags(member)
        .map((part) => (ts.isJSDoc(part) ? (ts.getTextOfJSDocComment(part.comment) ?? "") : ""))
        .join(" ");
      result[name] = {
        comment,
        property: {
          type: this.#shape(member.type, side),
          ...(side === "inputs" && member.questionToken === undefined ? { required: true } : {}),
          ...(secrets.has(name) ? { secret: true } : {}),
        },
      };
    }
    return result;
  }

  #shape(type: ts.TypeNode, side: "inputs" | "outputs"): Shape {
    if (ts.isUnionTypeNode(type)) {
      const [first, ...others] = type.types.filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword);
      return first === undefined || others.length > 0 ? "any" : this.#shape(first, side);
    }
    if (ts.isArrayTypeNode(type)) return { list: this.#shape(type.elementType, side) };
    if (ts.isTypeLiteralNode(type)) {
      const index = type.members.find(ts.isIndexSignatureDeclaration);
      return index === undefined ? "any" : { map: this.#shape(index.type, side) };
    }
    if (ts.isTypeReferenceNode(type)) {
      const name = type.typeName.getText();
      const argument = type.typeArguments?.[0];
      if (argument !== undefined && /(^|\.)(Input|Output)$/.test(name)) return this.#shape(argument, side);
      const nested = this.#interfaces(side).get(name.replace(/^(inputs|outputs)\./, ""));
      if (nested !== undefined) {
        const members = Object.entries(this.#members(nested.members, side, new Set()));
        return { object: Object.fromEntries(members.map(([key, member]) => [key, member.property])) };
      }
      return "any";
    }
    if (type.kind === ts.SyntaxKind.StringKeyword) return "string";
    if (type.kind === ts.SyntaxKind.NumberKeyword) return "number";
    if (type.kind === ts.SyntaxKind.BooleanKeyword) return "boolean";
    return "any";
  }

  /** Nested object types by their dotted name, such as `compute.InstanceNetwork`. */
  #interfaces(side: "inputs" | "outputs"): ReadonlyMap<string, ts.InterfaceDeclaration> {
    const known = this.#nested.get(side);
    if (known !== undefined) return known;
    const found = new Map<string, ts.InterfaceDeclaration>();
    const collect = (node: ts.Node, prefix: string): void => {
      if (ts.isModuleDeclaration(node) && node.body !== undefined && ts.isModuleBlock(node.body)) {
        for (const statement of node.body.statements) collect(statement, `${prefix}${node.name.text}.`);
      } else if (ts.isInterfaceDeclaration(node)) found.set(prefix + node.name.text, node);
    };
    const path = side === "inputs" ? "types/input.d.ts" : "types/output.d.ts";
    try {
      for (const statement of this.#source(path).statements) collect(statement, "");
    } catch (error) {
      // A package without nested types has no such file.
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
    this.#nested.set(side, found);
    return found;
  }
}

function isStateProperty(member: ts.ClassElement): boolean {
  return (
    ts.isPropertyDeclaration(member) &&
    !(member.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword) ?? false)
  );
}
