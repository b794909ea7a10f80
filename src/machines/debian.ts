/**
 * Major version of the `pg_dump` of Debian 12, which runs on every machine. It reads servers up to its own version and refuses newer ones.
 *
 * Source: packages.debian.org/bookworm/postgresql-client; postgresql.org, pg_dump, "Notes".
 */
export const pgDumpVersion = 15;
