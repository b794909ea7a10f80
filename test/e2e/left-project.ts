import { TestProject } from "./project.ts";

/** Starts the local cloud of a project, prints the cloud's document, and waits to be killed. */
const project = new TestProject();
const { pid } = await project.json<{ pid: number }>(["cloud", "start"]);
console.log(JSON.stringify({ pid, folder: project.folder }));
setInterval(() => undefined, 60_000);
