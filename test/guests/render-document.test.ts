import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { GuestDocument } from "../../src/machines/document.ts";
import { renderGuestDocument } from "../../src/machines/render-document.ts";
import { parseIdentity, renderUserData } from "../../src/machines/user-data.ts";
import { identity, odooInput, plantedMark, shopInput } from "./guest-inputs.ts";
import { ensureGuestTools } from "./guest-tools.ts";

beforeAll(ensureGuestTools);

const documents = [renderGuestDocument(shopInput), renderGuestDocument(odooInput)];

function layOut(document: GuestDocument): string {
  const folder = mkdtempSync(join(tmpdir(), "lor-guest-"));
  for (const file of document.files) {
    mkdirSync(dirname(join(folder, file.path)), { recursive: true });
    writeFileSync(join(folder, file.path), file.content);
  }
  return folder;
}

function contentOf(document: GuestDocument, path: string): string {
  const file = document.files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`no ${path} in the document of ${document.name}`);
  return file.content;
}

describe.each(documents)("document of $name", (document) => {
  it("carries no secret in any file", () => {
    expect(JSON.stringify(document)).toContain(plantedMark);
    expect(JSON.stringify(document.files)).not.toContain(plantedMark);
  });

  it("leaves no placeholder and no path twice", () => {
    expect(document.files.filter((file) => file.content.includes("@@"))).toEqual([]);
    expect(new Set(document.files.map(({ path }) => path)).size).toBe(document.files.length);
  });

  it("is the same text for the same input, and does not depend on other machines' secrets", () => {
    const input = document.role === "odoo" ? odooInput : shopInput;
    expect(JSON.stringify(renderGuestDocument(input))).toBe(JSON.stringify(document));
  });

  it("has scripts that their own interpreters accept", () => {
    const folder = layOut(document);
    for (const file of document.files) {
      const path = join(folder, file.path);
      if (file.content.startsWith("#!/bin/sh")) execFileSync("shellcheck", [path]);
      if (file.path.endsWith(".php")) execFileSync("php8.2", ["-l", path], { stdio: "pipe" });
      if (/^(#!.*python3|""")/.test(file.content)) {
        execFileSync("/usr/bin/python3", ["-c", "import ast,sys; ast.parse(open(sys.argv[1]).read())", path]);
      }
    }
  });

  it("has a configuration that nginx accepts", () => {
    const folder = layOut(document);
    const tls = join(folder, "tls");
    mkdirSync(tls);
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=test",
        "-keyout",
        join(tls, "privkey.pem"),
        "-out",
        join(tls, "fullchain.pem"),
      ],
      { stdio: "pipe" },
    );
    cpSync("/etc/nginx/fastcgi_params", join(folder, "fastcgi_params"));
    const site = contentOf(document, "/etc/nginx/sites-enabled/lor")
      .replaceAll("/etc/lor/tls", tls)
      .replaceAll("include /etc/lor", `include ${folder}/etc/lor`);
    writeFileSync(join(folder, "site"), site);
    writeFileSync(
      join(folder, "nginx.conf"),
      `pid ${folder}/pid;\nevents {}\nhttp {\n  access_log off;\n  include ${folder}/site;\n}\n`,
    );
    const done = spawnSync("nginx", ["-t", "-e", join(folder, "error.log"), "-c", join(folder, "nginx.conf")], {
      encoding: "utf8",
    });
    expect(done.stderr).toContain("test is successful");
    expect(done.stderr).not.toContain("[warn]");
  });

  it("installs an update although a configuration file was changed here: unattended-upgrades holds it back otherwise", () => {
    const options = join(layOut(document), "etc/apt/apt.conf.d/52lor-unattended-upgrades");
    const done = spawnSync("apt-config", ["-c", options, "dump", "DPkg::Options"], { encoding: "utf8" });
    expect(done.stdout).toContain('"--force-confold"');
  });

  it("has units that systemd loads, the bootstrap's too", () => {
    const folder = layOut(document);
    const bootstrap = parse(renderUserData(identity)) as { write_files: readonly { path: string; content: string }[] };
    for (const file of bootstrap.write_files) {
      mkdirSync(dirname(join(folder, file.path)), { recursive: true });
      writeFileSync(join(folder, file.path), file.content);
    }
    const units = readdirSync(join(folder, "etc/systemd/system")).map((name) =>
      join(folder, "etc/systemd/system", name),
    );
    expect(units.length).toBeGreaterThan(6);
    const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...units], { encoding: "utf8" });
    // It also complains of this machine's own units. The programs are on the guests, not here.
    const names = units.map((path) => basename(path));
    const ours = stderr.split("\n").filter((line) => names.some((name) => line.includes(name)));
    expect(ours.filter((line) => !line.includes("is not executable"))).toEqual([]);
  });

  it("asks for the copies and the timers by their names", () => {
    const names = document.files.map(({ path }) => path).filter((path) => path.endsWith(".timer"));
    expect(names).toEqual(
      document.role === "odoo"
        ? ["/etc/systemd/system/lor-certificate.timer", "/etc/systemd/system/lor-filestore-copy.timer"]
        : ["/etc/systemd/system/lor-front.timer", "/etc/systemd/system/lor-images-copy.timer"],
    );
    const copy = names.at(-1) ?? "";
    const { copyEverySeconds, copyTimeoutSeconds } = document.filestore ??
      document.imagesCopy ?? { copyEverySeconds: 0, copyTimeoutSeconds: 0 };
    expect(contentOf(document, copy)).toMatch(new RegExp(`^OnUnitActiveSec=${copyEverySeconds}$`, "m"));
    expect(contentOf(document, copy.replace(".timer", ".service"))).toContain(
      `LOR_COPY_TIMEOUT_SECONDS=${copyTimeoutSeconds}\n`,
    );
  });
});

describe("PrestaShop front", () => {
  it("has a pool that php-fpm accepts, with the tuning of a small machine", () => {
    const document = renderGuestDocument(shopInput);
    const folder = layOut(document);
    writeFileSync(
      join(folder, "tuning.conf"),
      "[lor-shop]\npm = dynamic\npm.max_children = 24\npm.start_servers = 6\npm.min_spare_servers = 4\npm.max_spare_servers = 12\n",
    );
    writeFileSync(
      join(folder, "fpm.conf"),
      `[global]\nerror_log = ${folder}/log\ninclude=${folder}/etc/php/8.2/fpm/pool.d/*.conf\ninclude=${folder}/tuning.conf\n`,
    );
    const done = spawnSync("php-fpm8.2", ["-t", "-y", join(folder, "fpm.conf")], { encoding: "utf8" });
    expect(`${done.stderr}${readFileSync(join(folder, "log"), { encoding: "utf8", flag: "a+" })}`).toContain(
      "test is successful",
    );
  });

  it("redirects by its own domain, whatever Host was sent", () => {
    const site = contentOf(renderGuestDocument(shopInput), "/etc/nginx/sites-enabled/lor");
    expect(site).toContain("return 301 https://www.lor.example$request_uri;");
    expect(site).not.toMatch(/return 301 https:\/\/\$(http_)?host/);
    expect(site).toContain("set_real_ip_from 10.10.0.0/24;");
  });
});

describe("scripts of the project itself", () => {
  it("are accepted by shellcheck", () => {
    execFileSync("shellcheck", [fileURLToPath(new URL("install-tools.sh", import.meta.url))]);
  });
});

describe("a change that must replace no machine", () => {
  it("is in the document and not in the user data", () => {
    const before = renderUserData(identity);
    const changed = renderGuestDocument({
      ...shopInput,
      release: { ...shopInput.release, version: "8.2.2", sha256: "1".repeat(64) },
      database: { ...shopInput.database, host: "10.10.2.99", password: "another" },
    });
    expect(changed.release.version).toBe("8.2.2");
    expect(renderUserData(identity)).toBe(before);
    expect(parseIdentity(before)).toEqual(identity);
  });
});

describe("values that would be read as configuration", () => {
  it.each([
    ["domain", { ...shopInput, domain: "lor.example; return 200" }],
    ["domain", { ...shopInput, domain: "" }],
    ["release.version", { ...shopInput, release: { ...shopInput.release, version: "../8" } }],
    ["release.sha256", { ...shopInput, release: { ...shopInput.release, sha256: "0" } }],
    ["trustedProxies", { ...shopInput, trustedProxies: ["all;"] }],
    ["administratorKeys", { ...shopInput, administratorKeys: ["ssh-ed25519 AAAA\nssh-ed25519 BBBB"] }],
    ["database and storage", { ...shopInput, database: { ...shopInput.database, password: "a\nb" } }],
    ["secrets.cookieKey", { ...shopInput, secrets: {} }],
    ["secrets.adminPassword", { ...odooInput, secrets: { masterPassword: "m".repeat(40) } }],
    ["filestore", { ...shopInput, filestore: { copyEverySeconds: 1800, copyTimeoutSeconds: 600 } }],
    [
      "copyEverySeconds, copyTimeoutSeconds",
      { ...shopInput, imagesCopy: { copyEverySeconds: 0, copyTimeoutSeconds: 600 } },
    ],
  ])("are refused: %s", (path, input) => {
    expect(() => renderGuestDocument(input)).toThrow(expect.objectContaining({ code: "guest-value-refused", path }));
  });
});
