/** What the connection does: "waiting" is for the next try, "closed" is for good. */
export type State = 'connecting' | 'open' | 'waiting' | 'closed';

/** Why the state is "waiting" or "closed", and how long until the next try, in milliseconds. */
export interface StateDetails {
  code?: number;
  reason?: string;
  delay?: number;
}

export interface Options {
  /** Of the first pause between two tries, in milliseconds; it doubles each time. Default: 500. */
  minDelay?: number;
  /** The longest pause. Default: 30000. Each pause is cut by chance, down to half of it. */
  maxDelay?: number;
  /** Subprotocols for the WebSocket. */
  protocols?: string | string[];
  onstate?: (state: State, details: StateDetails) => void;
}

/** The message as it came. */
export interface Envelope {
  channel: string;
  /** Missing for messages that are not kept. */
  offset?: number;
  previous?: number;
}

export interface ErrorMessage {
  channel: string;
  /** "unknown", "unsubscribed", "refused" or "unavailable". */
  code: string;
  message: string;
}

export interface Handlers<Data = unknown, Info = unknown> {
  message?: (data: Data, envelope: Envelope) => void;
  /**
   * At the beginning, after each time that the connection came back, and when messages were lost.
   * `recovered`: all that was missed follows; otherwise load anew what the page shows.
   * `more`: how many others there are of whom the server, in a large channel, did not tell.
   */
  subscribed?: (now: {recovered: boolean; members: Map<string, Info>; more: number}) => void;
  join?: (user: string, info: Info) => void;
  leave?: (user: string, info: Info) => void;
  error?: (error: ErrorMessage) => void;
}

export interface Channel<Info = unknown> {
  readonly name: string;
  /** Who is here; kept up to date. */
  readonly members: Map<string, Info>;
  /**
   * Asks the server to publish.
   * @param options.keep  false: for this moment only, not in the history.
   * @returns  false: there is no connection now, and nothing was sent.
   */
  publish(data: unknown, options?: {keep?: boolean}): boolean;
  unsubscribe(): void;
}

export interface Connection {
  readonly state: State;
  onstate?: (state: State, details: StateDetails) => void;
  subscribe<Data = unknown, Info = unknown>(name: string, on: Handlers<Data, Info>): Channel<Info>;
  /** Tries now what it would try later. */
  reconnect(): void;
  close(code?: number, reason?: string): void;
}

/** Connects to a ChannelHandler. @param url  May be relative to the page. */
export function connect(url: string | URL, options?: Options): Connection;
