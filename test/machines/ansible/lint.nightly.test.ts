import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { installPython } from "../../../src/ansible/install-ansible.ts";

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));
const requirements = fileURLToPath(new URL("lint-requirements.txt", import.meta.url));

test("ansible-lint finds nothing in the roles and playbooks, by its production profile", async () => {
  const python = await installPython("ansible-lint", requirements, { env: process.env });
  const project = mkdtempSync(join(tmpdir(), "lor-lint-"));
  try {
    cpSync(join(sources, "machines", "roles"), join(project, "roles"), { recursive: true });
    copyFileSync(join(sources, "machines", "playbook.yml"), join(project, "playbook.yml"));
    copyFileSync(join(sources, "ansible", "record-manifest.yml"), join(project, "record-manifest.yml"));
    const done = spawnSync(python, ["-P", "-m", "ansiblelint", "--offline", "--nocolor", "--profile", "production"], {
      cwd: project,
      encoding: "utf8",
      env: { ...process.env, PATH: `${dirname(python)}:${process.env.PATH}`, LC_ALL: "C.UTF-8", HOME: project },
    });
    expect(done.stdout).toBe("");
    expect(done.stderr).toMatch(/Passed: 0 failure\(s\), 0 warning\(s\)/);
    expect(done.status).toBe(0);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
