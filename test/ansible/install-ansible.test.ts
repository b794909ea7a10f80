import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installAnsible } from "../../src/ansible/install-ansible.ts";
import { FakeMachine } from "../engine/fake-programs.ts";

let machine: FakeMachine;

beforeEach(() => {
  machine = new FakeMachine();
});

afterEach(() => machine.remove());

/** A `python3` that creates virtual environments; the `pip` in them runs the lines given. */
function python(version: string, pip: readonly string[] = [], venv: readonly string[] = []): void {
  const inside = [
    "#!/bin/sh",
    "PATH=/usr/bin:/bin",
    `printf '%s\\n' "$*" >> ${machine.path("pip-calls")}`,
    `env >> ${machine.path("pip-environment")}`,
    ...pip,
  ];
  writeFileSync(machine.path("inside"), `${inside.join("\n")}\n`, { mode: 0o755 });
  machine.program("python3", [
    `if [ "$1" = -c ]; then echo ${version}; exit; fi`,
    `echo venv >> ${machine.path("builds")}`,
    ...venv,
    'mkdir -p "$3/bin" "$3/lib/python3.11"',
    `cp ${machine.path("inside")} "$3/bin/python3"`,
  ]);
}

const cache = () => join(machine.env.HOME ?? "", ".cache", "lor-infra", "ansible");

test("creates the environment once, with hashes and the user's settings of pip", async () => {
  python("3.11");
  const env = { ...machine.env, PIP_INDEX_URL: "https://pypi.example/simple", PYTHONPATH: "/elsewhere" };
  const first = await installAnsible({ env });
  expect(await installAnsible({ env })).toEqual(first);
  expect(machine.builds).toBe(1);
  const calls = readFileSync(machine.path("pip-calls"), "utf8");
  expect(calls).toMatch(/^-m pip install .*--require-hashes --only-binary :all: --requirement .*requirements\.txt\n$/);
  const environment = readFileSync(machine.path("pip-environment"), "utf8");
  expect(environment).toContain("PIP_INDEX_URL=https://pypi.example/simple");
  expect(environment).not.toContain("PYTHONPATH");
  expect(first.strategies).toBe(
    join(first.python, "../../lib/python3.11/site-packages/ansible_mitogen/plugins/strategy"),
  );
});

test("its programs name the folder where they are", async () => {
  python("3.11", ['printf "#!$0\\n" > "$(dirname "$0")/ansible-playbook"']);
  const { python: path } = await installAnsible({ env: machine.env });
  expect(readFileSync(join(path, "..", "ansible-playbook"), "utf8")).toBe(`#!${path}\n`);
});

test("creates another environment for another version of Python", async () => {
  python("3.11");
  const first = await installAnsible({ env: machine.env });
  python("3.12");
  expect((await installAnsible({ env: machine.env })).python).not.toBe(first.python);
});

test("two runs at once create it once", async () => {
  python("3.11", [], ["sleep 0.3"]);
  const told: string[] = [];
  const args = { env: machine.env, onProgress: (text: string) => told.push(text) };
  const [first, second] = await Promise.all([installAnsible(args), installAnsible(args)]);
  expect(first).toEqual(second);
  expect(machine.builds).toBe(1);
  expect(told).toContain(`process ${process.pid} is installing Ansible; waiting for it`);
});

test("leaves nothing behind when pip fails, and says what pip said", async () => {
  python("3.11", ["echo 'ERROR: No matching distribution found for mitogen==0.3.54'", "exit 1"]);
  await expect(installAnsible({ env: machine.env })).rejects.toMatchObject({
    code: "ansible-install-failed",
    message: expect.stringContaining("No matching distribution"),
  });
  expect(readdirSync(cache()).filter((name) => !name.endsWith(".locks"))).toEqual([]);
});

test("names the package to install where venv is missing", async () => {
  python("3.11", [], ["echo 'The virtual environment was not created because ensurepip is not available.'", "exit 1"]);
  await expect(installAnsible({ env: machine.env })).rejects.toMatchObject({
    code: "python-missing",
    next: expect.stringContaining("apt-get install python3-venv"),
  });
});

test.each([
  ["there is none", undefined, "no python3"],
  ["it is too old", "3.9", "python3 3.9"],
])("refuses to install without a Python: %s", async (_name, version, seen) => {
  if (version !== undefined) python(version);
  await expect(installAnsible({ env: machine.env })).rejects.toMatchObject({
    code: "python-missing",
    seen: expect.stringContaining(seen),
  });
  expect(existsSync(cache())).toBe(false);
});

test("a newer Python beside one that is too old is used", async () => {
  python("3.11");
  const path = machine.path("bin/python3");
  writeFileSync(machine.path("bin/python3.12"), readFileSync(path, "utf8").replace("echo 3.11", "echo 3.12"), {
    mode: 0o755,
  });
  writeFileSync(path, "#!/bin/sh\necho 3.9\n", { mode: 0o755 });
  await expect(installAnsible({ env: machine.env })).resolves.toBeDefined();
});

test("stops on request", async () => {
  python("3.11", ["sleep 600"]);
  const stop = new AbortController();
  const onProgress = (text: string) => {
    if (text.includes("PyPI")) stop.abort();
  };
  const run = installAnsible({ env: machine.env, signal: stop.signal, onProgress });
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
});
