import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createEncryptionSalt } from "../../config/encryption-salt.ts";
import { renderIgnoredFiles } from "../../config/ignored-files.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { passphraseOfEnvironment } from "../../stack/passphrase.ts";
import type { SystemDefinition, TemplateFile } from "../../systems/contract.ts";

export interface InitProjectArgs {
  /** Created when it does not exist. */
  readonly dir: string;
  /** State folder. Default: `<dir>/.lor-infra`, or LOR_INFRA_HOME. */
  readonly home: string;
  /** Project name: prefix of every cloud name. */
  readonly name: string;
  readonly system: SystemDefinition;
  /** Version of lor-infra that the new project depends on. */
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Random bytes for passphrase and salt. */
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface InitProjectResult {
  /** Written files, in this order. */
  readonly files: readonly string[];
  /** Location of the passphrase. Without it every secret in the state is lost. */
  readonly passphrase:
    | { readonly origin: "environment"; readonly variable: string }
    | { readonly origin: "file"; readonly path: string };
}

const passphraseBytes = 32;
const saltBytes = 8;
const nonceBytes = 12;

/**
 * Creates a new project: settings, both profiles, program, and a random passphrase. Writes nothing when one of the files exists already
 * (`project-exists`).
 */
export function initProject(args: InitProjectArgs): InitProjectResult {
  const { dir, home, name, environment, randomBytes } = args;
  requireName(name);
  const given = passphraseOfEnvironment(environment);
  const passphrase = given?.value ?? Buffer.from(randomBytes(passphraseBytes)).toString("base64url");
  const passphraseFile = join(home, "passphrase");
  const encryptionSalt = createEncryptionSalt(passphrase, {
    salt: randomBytes(saltBytes),
    nonce: randomBytes(nonceBytes),
  });
  const files = renderFiles(args, encryptionSalt);
  const paths = files.map(({ file }) => join(dir, file));
  refuseOverwriting(dir, given === undefined ? [...paths, passphraseFile] : paths);
  mkdirSync(dir, { recursive: true });
  // The passphrase first: a project whose secrets cannot be decrypted would be worse than none.
  if (given === undefined) {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writeFileSync(passphraseFile, `${passphrase}\n`, { mode: 0o600, flag: "wx" });
  }
  for (const { file, content } of files) writeFileSync(join(dir, file), content, { flag: "wx" });
  return {
    files: given === undefined ? [passphraseFile, ...paths] : paths,
    passphrase:
      given === undefined
        ? { origin: "file", path: passphraseFile }
        : { origin: "environment", variable: given.variable },
  };
}

const program = "program.mjs";
const saltRemark = "The passphrase of this salt is kept apart; without it the secrets in the state are lost.";

function renderFiles({ name, system, version }: InitProjectArgs, encryptionSalt: string): readonly TemplateFile[] {
  const packageJson = {
    name,
    private: true,
    type: "module",
    dependencies: { "lor-infra": `^${version}` },
  };
  return [
    ...system.template({ name, program, encryptionSalt, saltRemark }),
    { file: program, content: 'export { default } from "lor-infra/program";\n' },
    { file: "package.json", content: `${JSON.stringify(packageJson, undefined, 2)}\n` },
    { file: ".gitignore", content: `node_modules/\n${renderIgnoredFiles()}` },
  ];
}

function refuseOverwriting(dir: string, paths: readonly string[]): void {
  const present = paths.filter((path) => existsSync(path));
  if (present.length === 0) return;
  const isProject = present.includes(join(dir, "Pulumi.yaml"));
  throw new LorError({
    code: "project-exists",
    message: isProject
      ? `folder ${dir} already contains a project`
      : `folder ${dir} contains files that a new project would overwrite`,
    exit: ExitCode.usage,
    culprit: "user",
    seen: present.map((path) => (path.startsWith(join(dir, "/")) ? relative(dir, path) : path)).join(", "),
    accepted: "a folder without these files, existing or new",
    next: isProject ? `lor-infra check --settings ${dir}` : "lor-infra init my-shop",
  });
}

function requireName(name: string): void {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(name)) return;
  throw new LorError({
    code: "project-name-invalid",
    message: "the project's name is the prefix of every cloud name, and this one is not valid there",
    exit: ExitCode.usage,
    culprit: "user",
    seen: name,
    accepted: "1 to 30 small letters, digits and hyphens, a letter first",
    next: "the same command with --name my-shop",
  });
}
