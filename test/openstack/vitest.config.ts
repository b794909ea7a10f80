import { defineConfig } from "vitest/config";

/** Of whole shops, by the project's own commands: half an hour. */
const shops = "test/openstack/shop/**/*.test.ts";
/** By seeds that were drawn for this run: `--unseen`. */
const unseen = "test/openstack/differential/unseen.test.ts";
const withUnseen = process.env.LOR_INFRA_TEST_UNSEEN !== undefined;
const withShops = process.env.LOR_INFRA_TEST_NO_SHOPS === undefined;

/** Run by `npm run test:openstack`, which starts the OpenStack that these tests need. */
export default defineConfig({
  test: {
    pool: "forks",
    // Inside a file that says so, this many at once: they mostly wait.
    maxConcurrency: 15,
    // Figures are printed as they come.
    disableConsoleIntercept: true,
    globalSetup: ["test/setup/programs.ts", "test/setup/projects.ts"],
    // A limit only ends a test that hangs: no test may fail because the machine is slow.
    testTimeout: 1_800_000,
    hookTimeout: 900_000,
    projects: [
      {
        extends: true,
        test: {
          name: "own projects",
          include: ["test/openstack/**/*.test.ts"],
          exclude: withUnseen ? [shops] : [shops, unseen],
          // Each works in an OpenStack project of its own, and mostly waits.
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "whole shops",
          include: withShops ? [shops] : [],
          // One after the other: they stop services and close hosts.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
