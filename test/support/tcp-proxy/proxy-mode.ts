/** What a proxy does with the connections that it has and with those that come. */
export type ProxyMode =
  | { readonly kind: 'pass' }
  /** Every byte arrives this much later, in each direction. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connections are accepted and nothing is forwarded: a network that loses packets. What was sent arrives when the mode ends. */
  | { readonly kind: 'drop' }
  /** Connections are reset: those that there are, and each that comes. */
  | { readonly kind: 'cut' }
  /**
   * What clients send arrives; when the server answers, the answer is lost and the connection reset. Meant for connections
   * that are set up: the answer to a login is an answer too.
   */
  | { readonly kind: 'cut-after-request' }
  /** Nobody listens: connections are refused, and those that there are reset. */
  | { readonly kind: 'refuse' }
  /** At most so much passes, in each direction of each connection. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number };
