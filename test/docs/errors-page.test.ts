import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { collectErrorCodes } from "./error-codes.ts";
import { errorsPage, exitsOf, renderErrorsPage } from "./errors-page.ts";

const root = join(import.meta.dirname, "..", "..");
const codes = collectErrorCodes(root);

test("the page is what the code says now", () => {
  // When this fails: node test/docs/generate-errors.ts
  expect(renderErrorsPage(codes)).toBe(readFileSync(join(root, errorsPage), "utf8"));
});

test("every code is in kebab-case", () => {
  expect(codes.map(({ code }) => code).filter((code) => !/^[a-z]+(-[a-z0-9]+)*$/.test(code))).toEqual([]);
});

test("no code has two exits", () => {
  const contradictions = codes.flatMap((code) => {
    const exits = exitsOf(code);
    return exits.length > 1 ? [`${code.code}: ${exits.join(", ")} in ${code.places.map(({ file }) => file)}`] : [];
  });
  expect(contradictions).toEqual([]);
});

test("nothing that looks like a code in the sources is missed", () => {
  const known = new Set(codes.map(({ code }) => code));
  const missed = ["src", "components"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("local-cloud"))
      .flatMap((file) => {
        const text = readFileSync(join(root, folder, file), "utf8");
        return (
          [...text.matchAll(/\bcode: "([^"]+)"/g)]
            .map((match) => match[1] ?? "")
            // zod's own word for an issue that a field words itself.
            .filter((code) => code !== "custom" && !known.has(code))
            .map((code) => `${code} in ${folder}/${file}`)
        );
      }),
  );
  expect(missed).toEqual([]);
});

test("codes are found behind functions, unions, defaults and settings' fields", () => {
  const places = (name: string) => codes.find(({ code }) => code === name)?.places;
  expect(places("resize-front-failed")?.[0]?.exit).toBe("varies");
  expect(places("cloud-conflict")?.[0]?.file).toBe("src/clouds/http/call.ts");
  expect(places("address-in-pool")?.[0]).toMatchObject({ exit: 2, file: "src/systems/lor/rules/address-rules.ts" });
  expect(places("rpo-not-held")?.[0]?.exit).toBe(3);
  expect(places("vlan-invalid")?.[0]).toMatchObject({ exit: 2, file: "src/systems/lor/schema.ts" });
  expect(places("no-address-for-extra-front")?.map(({ exit }) => exit)).toContain(1);
  expect(places("placeholder-value")?.[0]).toMatchObject({ warning: true, exit: undefined });
});
