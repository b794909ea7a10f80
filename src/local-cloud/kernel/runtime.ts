/** File in the cloud's folder with the certificate of its authority, PEM. */
export const authorityFileName = "authority.crt";

/**
 * How other processes reach a running local cloud: written to `<state folder>/cloud/runtime.json` (mode 0600) once it serves,
 * removed when it stops. The folder also holds `cloud.sqlite`.
 */
export interface CloudRuntime {
  readonly version: 1;
  readonly pid: number;
  /** Start time of the process in clock ticks since boot (field 22 of /proc/PID/stat): a reused pid is not the same process. */
  readonly startTicks: string;
  /** `name:port` of each provider server; the value of PULUMI_DEBUG_PROVIDERS when joined by commas. */
  readonly providers: Readonly<Record<string, number>>;
  /** Base of the raw APIs, such as `http://127.0.0.1:41234`; Keystone is at `/identity/v3`, OVH v1 at `/1.0`. */
  readonly httpUrl: string;
  /** The same by TLS, such as `https://localhost:41235`, with a certificate of the cloud's own authority. Absent: a cloud started by an earlier version. */
  readonly secureUrl?: string;
  /** `host:port` of the name server of the DNS zones. Absent: a cloud started by an earlier version. */
  readonly dnsServer?: string;
  /** Bearer token of the control API (`/control/...`). */
  readonly token: string;
  /** Added to a port of the cloud to get the port of the local traffic: 8000, unless the cloud was started with another one. */
  readonly trafficPortOffset: number;
  /** Value of LOR_INFRA_EXTENSIONS at its start; empty: only the built-in simulators. */
  readonly extensions: string;
  /** Whether its machines really boot. Default: false, they are simulated. */
  readonly machines?: boolean;
}
