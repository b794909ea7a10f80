/** Connections to MySQL that a PHP child holds while it makes a page: the shop's own, and that of the session (sessions.php). */
export const connectionsPerPage = 2;
