import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InProcessProject } from "./in-process.ts";
import { ended, launcher, type Run, repository } from "./project.ts";

/** Waivers through the commands, and the policy pack under the real engine. */
const project = new InProcessProject();
const pack = join(repository, "src", "policy-pack");
afterAll(() => project.dispose());

const waiver = `  waivers:
    value:
      - policy: rpo-not-held
        owner: Jeanne Martin
        reason: the bucket of the copies moves
        until: 2999-12-31
`;

describe("a waiver", () => {
  beforeAll(() => {
    project.edit("Pulumi.yaml", (text) => text.replace("copyEvery: PT30M", "copyEvery: PT2H"));
  });

  it("is asked for: without one the command refuses, with what to do", async () => {
    const run = await project.run(["up", "--yes"]);
    expect(run).toMatchObject({ code: 3, stdout: "" });
    expect(run.stderr).toMatch(/\[rpo-not-held\]\n {2}to do for rpo-not-held: shorten/);
  });

  it("is not needed to look: rpo, cost and recover go on, and say what is refused", async () => {
    const rpo = await project.run(["rpo"]);
    expect(rpo.code).toBe(3);
    expect(rpo.stdout).toContain("erp-filestore");
    expect((await project.run(["cost"])).code).toBe(0);
    const recover = await project.run(["recover"]);
    expect(recover).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing is up.") });
    expect(recover.stderr).toContain("[rpo-not-held]");
  });

  it("is told by check and by a command that meets the cloud, also where the output is a document", async () => {
    project.edit("Pulumi.yaml", (text) => text + waiver);
    const check = await project.run(["check"]);
    expect(check.code).toBe(0);
    expect(check.stdout).toMatch(/! odoo\.filestore\.copyEvery: .*waived by Jeanne Martin until 2999-12-31/);
    expect(check.stdout).toMatch(/rpo-not-held: what is lost beyond the RPO.*\n {4}to do: shorten/);
    const preview = await project.run(["preview", "--json"]);
    expect(preview.code).toBe(0);
    expect(preview.stderr).toContain("waived by Jeanne Martin until 2999-12-31: the bucket of the copies moves");
    expect(JSON.parse(preview.stdout)).toMatchObject({ version: 1 });
  });

  it("is told by plain Pulumi too, and the pack as a program passes what the components build", async () => {
    const run = await preview(join(pack, "policies.js"));
    expect(run, run.stdout + run.stderr).toMatchObject({ code: 0 });
    expect(run.stdout).toContain("waived by Jeanne Martin until 2999-12-31");
    expect(run.stdout).toMatch(/✅ lor-infra@v\d/);
  });
});

describe("the policy pack", () => {
  it("refuses what a program of one's own takes away", async () => {
    writeFileSync(
      join(project.folder, "program.mjs"),
      `import { runtime } from "@pulumi/pulumi";
import program from "${join(repository, "src", "program.ts")}";
export default () => {
  runtime.registerStackTransformation(({ name, type, props, opts }) => {
    if (type.endsWith(":Storage") && name === "images") return { props, opts: { ...opts, protect: false } };
    if (type.endsWith(":Volume") && name === "odoo-data") return { props, opts: { ...opts, protect: false } };
    if (type.endsWith(":Port") && name === "ps-0") return { props: { ...props, securityGroupIds: undefined }, opts };
    if (type.endsWith(":Instance") && name === "ps-1") return { props: { ...props, schedulerHints: undefined }, opts };
    if (type.endsWith(":Database") && name === "mysql") return { props: { ...props, ipRestrictions: [{ ip: "0.0.0.0/0" }] }, opts };
    return undefined;
  });
  return program();
};
`,
    );
    const run = await preview(join(pack, "policies.js"));
    expect(run.code, run.stdout).not.toBe(0);
    const refused = [...run.stdout.matchAll(/\[mandatory\] {2}([\w-]+) {2}\(\S+ ([\w-]+)\)/g)];
    expect(refused.map(([, code, name]) => `${code} ${name}`).toSorted()).toEqual([
      "data-unprotected images",
      "data-unprotected odoo-data",
      "database-public mysql",
      "fronts-not-spread ps-1",
      "port-without-own-group ps-0",
    ]);
    expect(run.stdout).toContain("What to do: leave the protection");
  });

  it("as a folder it needs a language host that starts packs: one built without the internet does not", async () => {
    const run = await preview(pack);
    if (run.stderr.includes("could not read plugin")) {
      console.log("the folder was not tried under the engine: its language host cannot start policy packs");
      expect(run.stderr).toMatch(/failed to start: could not read plugin .*: not supported/);
    } else {
      expect(run.stdout).toMatch(/❌ lor-infra@v\d/);
    }
  });
});

/** A preview by plain Pulumi in a person's shell after `eval "$(lor-infra cloud env)"`. */
function preview(policyPack: string): Promise<Run> {
  const line = `pulumi preview --stack prod --config-file Pulumi.normal.yaml --diff=false --suppress-outputs --policy-pack "${policyPack}"`;
  return ended(
    spawn("sh", ["-c", `eval "$("${process.execPath}" "${launcher}" cloud env)" && ${line}`], {
      cwd: project.folder,
      env: { ...project.env, PULUMI_HOME: join(project.home, "pulumi") },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}
