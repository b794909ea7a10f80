/** Added to a port of the cloud to get the port on loopback: 80 answers at 8080, 443 at 8443. */
export const defaultPortOffset = 8000;

/** Where an address of the cloud answers on this machine: 10.10.1.10 port 80 is 127.10.1.10 port 8080. */
export function loopback(address: string, port: number, portOffset: number): { host: string; port: number } {
  return { host: `127.${address.split(".").slice(1).join(".")}`, port: port + portOffset };
}
