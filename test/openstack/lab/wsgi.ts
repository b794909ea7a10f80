import { renderIni } from "./ini.ts";
import { loopback, type PortName, ports } from "./place.ts";
import type { Lab } from "./service.ts";

export interface WsgiArgs {
  readonly name: PortName;
  /** The program that Debian ships for a web server. */
  readonly file: string;
  readonly processes: number;
  /** Where it finds its configuration: arguments or a variable, as each service reads it. */
  readonly arguments?: string;
  readonly env?: string;
}

/** Serves an API by uWSGI, one thread for each process: the OpenStack services share state between threads. */
export function startWsgi(lab: Lab, args: WsgiArgs): void {
  lab.place.write(
    fileOf(args.name),
    renderIni({
      uwsgi: {
        plugins: "python3",
        "http-socket": `${loopback}:${ports[args.name]}`,
        "wsgi-file": args.file,
        processes: args.processes,
        threads: 1,
        "enable-threads": true,
        master: true,
        // Each process opens its own connections: one that was forked shares them with its parent.
        "lazy-apps": true,
        "thunder-lock": true,
        "need-app": true,
        "die-on-term": true,
        "no-orphans": true,
        "buffer-size": 65535,
        // Clients that keep a connection open to a process which has no second thread would lock the others out.
        "add-header": "Connection: close",
        listen: 100,
        "disable-logging": true,
        ...(args.arguments === undefined ? {} : { pyargv: args.arguments }),
        ...(args.env === undefined ? {} : { env: args.env }),
      },
    }),
  );
  serveApi(lab, args.name);
}

/** Serves an API that was served before and stopped. */
export function serveApi({ place, daemons }: Pick<Lab, "place" | "daemons">, name: PortName): void {
  daemons.start(name, "/usr/bin/uwsgi", ["--ini", place.etc(fileOf(name))]);
}

function fileOf(name: PortName): string {
  return `uwsgi/${name}.ini`;
}
