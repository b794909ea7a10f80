import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const repository = resolve(import.meta.dirname, "..", "..");
const config = ".dependency-cruiser.json";

/** A rule -> a file that breaks it, and the file that it must not import. */
const planted: Readonly<Record<string, readonly [from: string, to: string]>> = {
  "core-imports-nothing": ["src/core/a.ts", "src/os/a.ts"],
  "os-uses-core": ["src/os/b.ts", "src/domain/b.ts"],
  "domain-is-pure": ["src/domain/c.ts", "src/clouds/ovh/c.ts"],
  "rolling-is-pure": ["src/rolling/d.ts", "src/clouds/ovh/d.ts"],
  "config-knows-no-system": ["src/config/e.ts", "src/systems/registry.ts"],
  "clouds-below-systems": ["src/clouds/f.ts", "src/systems/f.ts"],
  "clouds-apart": ["src/clouds/digitalocean/g.ts", "src/clouds/ovh/g.ts"],
  "machines-are-content": ["src/machines/h.ts", "src/domain/h.ts"],
  "components-use-domain": ["components/ovh/i.ts", "src/config/i.ts"],
  "providers-apart": ["components/digitalocean/j.ts", "components/ovh/j.ts"],
  "base-below-providers": ["components/base/k.ts", "components/ovh/k.ts"],
  "systems-apart": ["src/systems/lor/l.ts", "src/systems/toy/l.ts"],
  "systems-use": ["src/systems/lor/m.ts", "src/stack/m.ts"],
  "components-in-build-only": ["src/systems/lor/n.ts", "components/ovh/n.ts"],
  "engine-and-state-low": ["src/engine/o.ts", "src/systems/o.ts"],
  "machines-by-ssh-low": ["src/ansible/t.ts", "src/state/t.ts"],
  "stack-below-actions": ["src/stack/p.ts", "src/actions/up/p.ts"],
  "actions-below-cli": ["src/actions/up/q.ts", "src/cli/q.ts"],
  "local-cloud-apart": ["src/local-cloud/r.ts", "src/stack/r.ts"],
  "policy-pack-apart": ["src/policy-pack/s.ts", "src/stack/s.ts"],
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lor-infra-rules-"));
  cpSync(join(repository, config), join(folder, config));
  cpSync(join(repository, "tsconfig.json"), join(folder, "tsconfig.json"));
  for (const [from, to] of Object.values(planted)) {
    const specifier = relative(dirname(from), to);
    write(from, `import "${specifier.startsWith(".") ? specifier : `./${specifier}`}";\n`);
    write(to, "export {};\n");
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("finds a planted violation of each rule about our own folders", () => {
  const found = cruise();
  for (const [rule, [from, to]] of Object.entries(planted)) {
    expect(found, rule).toContainEqual({ rule, from, to });
  }
});

it("has a planted violation for every rule about our own folders", () => {
  const { forbidden } = JSON.parse(readFileSync(join(repository, config), "utf8")) as {
    forbidden: { name: string; to: { path?: string } }[];
  };
  const own = forbidden.filter(({ to }) => /\bsrc\/|components\//.test(to.path ?? "")).map(({ name }) => name);
  expect(own.filter((name) => !name.startsWith("local-cloud-kernel") && name !== "simulators-apart").sort()).toEqual(
    Object.keys(planted).sort(),
  );
});

function cruise(): readonly { readonly rule: string; readonly from: string; readonly to: string }[] {
  const depcruise = join(repository, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const args = [depcruise, "--config", config, "--output-type", "json", "src", "components"];
  let text: string;
  try {
    text = execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    text = String((error as { stdout?: unknown }).stdout);
  }
  const { summary } = JSON.parse(text) as {
    summary: { violations: { from: string; to: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, to, rule: { name } }) => ({ rule: name, from, to }));
}

function write(file: string, content: string): void {
  mkdirSync(join(folder, dirname(file)), { recursive: true });
  writeFileSync(join(folder, file), content, { flag: "a" });
}
