import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JournalEntry } from "../../src/local-cloud/kernel/journal.ts";
import { InProcessProject } from "./in-process.ts";
import { ended, launcher, type Run } from "./project.ts";

/** Plain `pulumi` on the same project and the same state, as README says, in a shell that evaluated `lor-infra cloud env`. */
const project = new InProcessProject();
const committed = project.committed();

beforeAll(async () => {
  const up = await shell("pulumi up --stack prod --config-file Pulumi.normal.yaml --yes --skip-preview");
  expect(up, up.stdout + up.stderr).toMatchObject({ code: 0 });
  expect(up.stdout).toMatch(/\+ 8\d created/);
});
afterAll(() => project.dispose());

describe("one stack, two tools", () => {
  it("lor-infra sees what plain Pulumi made, and that nothing differs from the settings", async () => {
    // Plain Pulumi does not wait until a front is healthy.
    await expect
      .poll(() => project.json(["status"]), { timeout: 600_000 })
      .toMatchObject({
        cloud: "local",
        profile: "normal",
        fronts: [
          { name: "ps-0", flavor: "b2-7", health: "healthy" },
          { name: "ps-1", flavor: "b2-7", health: "healthy" },
        ],
      });
    expect(await project.json(["preview"])).toMatchObject({ profile: "normal", differs: false, changes: [] });
  });

  it("a preview with the other file shows the rush, replaces nothing, and names `lor-infra rush`", async () => {
    const { code, stdout, stderr } = await shell(
      "pulumi preview --stack prod --config-file Pulumi.rush.yaml --diff=false",
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("run `lor-infra rush --stack prod` instead");
    expect(stdout).toMatch(/~ .*ps-0 +update/);
    expect(stdout).not.toMatch(/replace/);
  });

  it("an up with it changes one front at a time, the extra one first", async () => {
    const before = await project.journalEnd();
    const up = await shell("pulumi up --stack prod --config-file Pulumi.rush.yaml --yes --skip-preview");
    expect(up, up.stdout + up.stderr).toMatchObject({ code: 0 });
    const changes = (await project.cloud.journal({ after: before, api: "grpc" })).filter(
      ({ type, operation }) =>
        /Instance$|Member$/.test(type ?? "") &&
        /^openstack:/.test(type ?? "") &&
        ["create", "update", "delete"].includes(operation),
    );
    expect(changes.map(({ operation, type, name }) => `${operation} ${type?.split(":").at(-1)} ${name}`)).toEqual([
      "create Instance lor-prod-ps-2",
      "create Member lor-prod-ps-2",
      "update Instance lor-prod-ps-0",
      "update Instance lor-prod-ps-1",
    ]);
    expectNoOverlap(changes);
    expect(await project.json(["status"])).toMatchObject({ profile: "rush", fronts: [{}, {}, { name: "ps-2" }] });
  });
});

describe("a plan of `lor-infra normal` that was approved before somebody else", () => {
  const plan = join(project.home, "normal.json");
  const apply = () => project.run(["normal", "--plan", plan, "--yes"]);
  beforeAll(async () => {
    const made = await project.run(["normal", "--plan", plan]);
    expect(made, made.stderr).toMatchObject({ code: 0 });
  });

  it("took a front out of the pool in the cloud's console is refused and says what; nothing is changed", async () => {
    const { loadBalancer } = await project.clients();
    const members = await loadBalancer.members("lor-prod-lb-pool");
    const member = members.find(({ name }) => name === "lor-prod-ps-1");
    if (member === undefined) throw new Error("no ps-1 in the pool");
    await loadBalancer.setWeight(member, 0);
    await expectRefused(apply, "ps-1 b2-15, serving expected, b2-15, drained seen");
    await loadBalancer.setWeight(member, 1);
  });

  it("made a front and its load balancer smaller with plain Pulumi is refused and says what; nothing is changed", async () => {
    const front = "urn:pulumi:prod::lor::**::ps-0";
    const up = await shell(
      `pulumi up --stack prod --config-file Pulumi.normal.yaml --yes --skip-preview --target '${front}'`,
    );
    expect(up, up.stdout + up.stderr).toMatchObject({ code: 0 });
    await expectRefused(
      apply,
      "openstack:compute/instance:Instance ps-0 has changed in the state; load balancer 2000 Mbit/s expected, 500 seen; ps-0 b2-15, serving expected, b2-7, serving seen",
    );
  });
});

describe("refused", () => {
  it("a stack named as a profile: it says what to run", async () => {
    const name = "rush";
    const run = await shell(
      `pulumi stack init ${name} && pulumi preview --stack ${name} --config-file Pulumi.${name}.yaml`,
    );
    expect(run.code).not.toBe(0);
    const text = run.stdout + run.stderr;
    expect(text).toContain("stack-is-a-profile");
    expect(text).toMatch(/--stack prod/);
    expect(await project.json(["check", "--stack", name], 2)).toMatchObject({
      issues: [{ code: "stack-is-a-profile" }],
    });
  });

  it("a real state, while the shell points at the local cloud", async () => {
    const real = join(project.home, "elsewhere");
    const run = await shell(
      `mkdir -p "${real}" && export PULUMI_BACKEND_URL="file://${real}" && pulumi stack init prod && pulumi preview --stack prod --config-file Pulumi.normal.yaml`,
    );
    expect(run.code).not.toBe(0);
    expect(run.stdout + run.stderr).toContain("real-state-on-local-cloud");
    const command = await shell(`node "${launcher}" up --cloud ovh --yes`);
    expect(command).toMatchObject({ code: 3, stderr: expect.stringContaining("environment-of-local-cloud") });
  });

  it("a local state, once the shell does not point at the local cloud any more", async () => {
    const run = await shell(
      "unset PULUMI_DEBUG_PROVIDERS; pulumi preview --stack prod --config-file Pulumi.normal.yaml",
    );
    expect(run.code).not.toBe(0);
    expect(run.stdout + run.stderr).toContain("local-state-without-local-cloud");
  });

  it("the public passphrase and the local cloud's stack, with --cloud ovh", async () => {
    expect(await project.json(["status", "--cloud", "ovh"], 2)).toMatchObject({
      error: { code: expect.stringMatching(/^passphrase-/) },
    });
  });
});

it("no committed file is changed; the one that `pulumi stack init` writes is known", () => {
  rmSync(join(project.folder, "Pulumi.prod.yaml"), { force: true });
  expect(project.committed()).toEqual(committed);
});

/** Exit 3, the difference in words, and no call that changes anything. */
async function expectRefused(command: () => Promise<Run>, difference: string): Promise<void> {
  const before = await project.journalEnd();
  const run = await command();
  expect(run, run.stdout + run.stderr).toMatchObject({ code: 3 });
  expect(run.stderr).toContain("[changed-since-approval]");
  expect(run.stderr).toContain(difference);
  const changed = (await project.cloud.journal({ after: before })).filter(
    ({ operation, name }) => ["create", "update", "delete"].includes(operation) || /^PUT /.test(name ?? ""),
  );
  expect(changed).toEqual([]);
}

/** One line of a person's shell after `eval "$(lor-infra cloud env)"`. */
function shell(line: string): Promise<Run> {
  return ended(
    spawn("sh", ["-c", `eval "$("${process.execPath}" "${launcher}" cloud env)" && { ${line}; }`], {
      cwd: project.folder,
      env: { ...project.env, PULUMI_HOME: join(project.home, "pulumi") },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

function expectNoOverlap(changes: readonly JournalEntry[]): void {
  const overlaps = changes.filter(({ at, duration }, index) => {
    const next = changes[index + 1];
    return next !== undefined && next.at < at + (duration ?? Number.POSITIVE_INFINITY);
  });
  expect(overlaps).toEqual([]);
}
