import type { Sections } from "./ini.ts";
import { identityUrl, loopback, type Place, password, ports, region } from "./place.ts";

/** Configuration that most OpenStack services share. */

/** How a service enters Keystone as itself. */
export function accountOf(user: string) {
  return {
    auth_type: "password",
    auth_url: identityUrl,
    project_domain_name: "Default",
    user_domain_name: "Default",
    project_name: "service",
    username: user,
    password,
    region_name: region,
  };
}

/** How a service checks the token of a caller. */
export function tokenCheck(user: string) {
  return {
    www_authenticate_uri: identityUrl,
    memcached_servers: `${loopback}:${ports.memcached}`,
    service_token_roles_required: true,
    service_token_roles: "service",
    ...accountOf(user),
  };
}

export function databaseUrl(name: string): string {
  return `mysql+pymysql://lab:${password}@${loopback}:${ports.mariadb}/${name}?charset=utf8`;
}

export function database(name: string) {
  return { connection: databaseUrl(name), max_pool_size: 5, max_overflow: 20 };
}

export const messageBus = `rabbit://lab:${password}@${loopback}:${ports.rabbitmq}/`;

/** Nobody listens to notifications here. */
export const messaging: Sections = {
  oslo_messaging_rabbit: { rabbit_retry_interval: 1, heartbeat_in_pthread: false },
  oslo_messaging_notifications: { driver: "noop" },
};

export function locks(place: Place) {
  return { lock_path: place.data("locks") };
}
