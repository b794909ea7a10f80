import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { machinesNotPossible, missingRequirements } from "../../src/local-cloud/machines/requirements.ts";
import { runTool } from "../../src/local-cloud/machines/tools.ts";
import { obstacle, waitFor } from "./lab.ts";

describe.skipIf(obstacle !== undefined)("a cloud of machines that is killed", () => {
  let owner: ChildProcess | undefined;
  const folder = mkdtempSync(join(tmpdir(), "lor-machines-"));

  afterEach(() => {
    owner?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("leaves no process, interface, mount or loop device", async () => {
    const script = join(import.meta.dirname, "boot-one.ts");
    owner = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: owner.stdout as NodeJS.ReadableStream }), "line");
    expect(line).toBe("booted");
    expect(await leftovers(folder)).not.toEqual([]);
    owner.kill("SIGKILL");
    await waitFor("the end of everything", async () => ((await leftovers(folder)).length === 0 ? true : undefined), 20);
  });
});

/** Loop devices on files of a folder, mounts below it, and processes that name it. */
async function leftovers(folder: string): Promise<readonly string[]> {
  const loops = (await runTool(["losetup", "--list", "--noheadings", "--output", "BACK-FILE"])).split("\n");
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const processes = (await runTool(["ps", "-eo", "args"]))
    .split("\n")
    .filter((text) => text.includes("systemd-nspawn"));
  return [...loops, ...mounts, ...processes].filter((text) => text.includes(folder));
}

describe("a computer that cannot boot machines", () => {
  it("is told everything that it lacks, and one command that brings the packages", () => {
    const error = machinesNotPossible([
      { what: "the program systemd-nspawn", package: "systemd-container" },
      { what: "the program mmdebstrap", package: "mmdebstrap" },
      { what: "loop devices", remedy: "modprobe loop" },
    ]);
    expect(error.message).toContain("systemd-nspawn, the program mmdebstrap, loop devices");
    expect(error.next).toContain("apt-get install --no-install-recommends systemd-container mmdebstrap");
    expect(machinesNotPossible([{ what: "loop devices", remedy: "modprobe loop" }]).next).toContain("modprobe loop");
  });

  it("is asked without being changed", async () => {
    expect((await missingRequirements()).length === 0).toBe(obstacle === undefined);
  });
});
