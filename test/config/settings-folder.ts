import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { parse, stringify } from "yaml";

const repository = join(import.meta.dirname, "..", "..");

/** What a test changes; every path that it does not name stays as committed. `undefined` removes the key. */
export interface Changes {
  /** Settings of Pulumi.yaml, by path such as `prestashop.addresses`. */
  readonly shared?: Readonly<Record<string, unknown>>;
  readonly normal?: Readonly<Record<string, unknown>>;
  readonly rush?: Readonly<Record<string, unknown>>;
  /** Whole texts, by file; `undefined` leaves the file out. */
  readonly files?: Readonly<Record<string, string | undefined>>;
}

/** A folder with Lor's three committed files and one difference; deleted after the test. */
export function settingsFolder({ shared = {}, normal = {}, rush = {}, files = {} }: Changes = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const texts: Record<string, string | undefined> = {
    "Pulumi.yaml": edited("Pulumi.yaml", shared, ([section = "", ...rest]) => ["config", section, "value", ...rest]),
    "Pulumi.normal.yaml": edited("Pulumi.normal.yaml", normal, profilePath),
    "Pulumi.rush.yaml": edited("Pulumi.rush.yaml", rush, profilePath),
    ...files,
  };
  for (const [file, text] of Object.entries(texts)) {
    if (text !== undefined) writeFileSync(join(folder, file), text);
  }
  return folder;
}

export function committed(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

function profilePath([section = "", ...rest]: readonly string[]): readonly string[] {
  return ["config", `lor:${section}`, ...rest];
}

function edited(
  file: string,
  changes: Readonly<Record<string, unknown>>,
  place: (path: readonly string[]) => readonly string[],
): string {
  const content: unknown = parse(committed(file));
  for (const [path, value] of Object.entries(changes)) put(content, place(path.split(".")), value);
  return stringify(content);
}

function put(target: unknown, [key = "", ...rest]: readonly string[], value: unknown): void {
  const holder = target as Record<string, unknown>;
  if (rest.length > 0) {
    holder[key] ??= {};
    put(holder[key], rest, value);
  } else if (value === undefined) {
    delete holder[key];
  } else {
    holder[key] = value;
  }
}
