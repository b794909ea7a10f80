import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runProgram } from "./project.ts";

const folder = mkdtempSync(join(tmpdir(), "lor-infra-toy-"));
const project = join(folder, "toys");
const env = {
  ...process.env,
  NO_COLOR: "1",
  LOR_INFRA_EXTENSIONS: resolve(import.meta.dirname, "..", "toy"),
};

const run = (...args: readonly string[]) => runProgram(args, { cwd: args[0] === "init" ? folder : project, env });

afterAll(async () => {
  await run("cloud", "stop");
  rmSync(folder, { recursive: true, force: true });
});

/** Each test goes on where the one before ended. */
describe("a system and a cloud of their own, in folders outside src", () => {
  it("are what init writes", async () => {
    expect(await run("init", "toys", "--system", "toy")).toMatchObject({ code: 0 });
    expect(readFileSync(join(project, "Pulumi.yaml"), "utf8")).toContain("system: { value: toy }");
  });

  it("are checked, priced and judged", async () => {
    expect((await run("check")).stdout).toContain("It can be built, and no policy refuses it.");
    const cost = await run("cost");
    expect(cost.stdout).toContain("toy-2026");
    expect(cost.stdout).not.toContain("rush");
    expect((await run("rpo")).stdout).toContain("a toy is copied every minute");
  });

  it("have no command in the help that they do not offer, and say so when it is typed", async () => {
    expect((await run("--help")).stdout).not.toMatch(/^ +(rush|normal|season|calendar) /m);
    for (const command of ["rush", "normal", "season", "calendar"]) {
      const refused = await run(command);
      expect(refused.code, command).toBe(2);
      expect(refused.stderr, command).toContain("not-offered");
    }
  });

  it("run on their own cloud only", async () => {
    const refused = await run("up", "--yes", "--cloud", "ovh");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/cloud-of-another-system[\s\S]*local, toy/);
  });

  it("are previewed, created, shown and left as they are by the real engine", async () => {
    expect((await run("preview", "--exit-code")).code).toBe(5);
    expect(await run("up", "--yes")).toMatchObject({ code: 0 });
    expect((await run("status")).stdout).toMatch(/Profile: normal\nPrice a month: 10 EUR/);
    expect(await run("preview", "--exit-code")).toMatchObject({ code: 0 });
  });

  it("are deleted", async () => {
    expect(await run("destroy", "--yes")).toMatchObject({ code: 0 });
    expect((await run("status")).stdout).toContain("Nothing is up.");
  });
});
