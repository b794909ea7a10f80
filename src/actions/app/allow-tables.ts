import type { CloudClients } from "../../clouds/clients.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { postgresqlEnvironment } from "../../machines/document.ts";
import type { MachineAccess } from "../../stack/machine-access.ts";

/** The user that administers every managed PostgreSQL service. */
const administrator = "avnadmin";

const connection = `set -a; . ${postgresqlEnvironment}; set +a`;
const ask = `${connection}; psql -XAt -c "SELECT has_schema_privilege(current_user, 'public', 'CREATE')"`;
// The password comes by standard input. Then the machine applies its configuration at once, which had waited for the right.
const grant = `${connection}; unset PGPASSFILE; user=$PGUSER; PGUSER=${administrator}; IFS= read -r PGPASSWORD; export PGPASSWORD
echo 'GRANT USAGE, CREATE ON SCHEMA public TO :"user"' | psql -X -q -v ON_ERROR_STOP=1 -v user="$user" || exit 1
timeout 900 systemctl restart lor-fetch.service || true`;

/** Limit of the grant and of the configuration after it, in milliseconds. */
const grantLimit = 960_000;

interface TablesRequest {
  /** Machine that reaches the database. */
  readonly machine: string;
  /** Name of the managed PostgreSQL service. */
  readonly service: string;
}

/**
 * Lets an application's user make tables: from PostgreSQL 15 on only the database's owner may. Gives the service's administrator a new password for
 * it, which is kept nowhere.
 * @returns whether it was needed
 * @throws LorError `tables-not-allowed`, `database-user-missing`, and what `MachineAccess.run` throws
 */
export async function allowTables(
  access: MachineAccess,
  { databaseUsers }: Pick<CloudClients, "databaseUsers">,
  { machine, service }: TablesRequest,
): Promise<boolean> {
  const { stdout } = await access.run(machine, ["sudo", "-n", "sh", "-c", ask]);
  // Anything else: the machine knows its database not yet, or cannot reach it; the installation says which.
  if (stdout.trim() !== "f") return false;
  const password = await databaseUsers.resetPassword("postgresql", service, administrator);
  const { code, stderr } = await access.run(machine, ["sudo", "-n", "sh", "-c", grant], {
    input: `${password}\n`,
    limit: grantLimit,
  });
  if (code === 0) return true;
  throw new LorError({
    code: "tables-not-allowed",
    message: `the administrator of ${service} could not allow tables: ${stderr.trim().split("\n").at(-1) || `psql ended with ${code}`}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: "the same command again",
  });
}
