// Channels of a Bora server over one WebSocket, which comes back by itself and asks for what it
// missed. States: "connecting", "open", "waiting" (for the next try), "closed" (for good).
export function connect(url, {minDelay = 500, maxDelay = 30000, protocols, onstate} = {}) {
  const channels = new Map();
  let socket, timer, tries = 0;

  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace('http', 'ws');

  const connection = {
    state: 'closed',
    onstate,
    subscribe,
    reconnect() {
      if (connection.state == 'waiting') open();
    },
    close(code = 1000, reason = '') {
      end('closed');
      socket.close(code, reason);
    },
  };

  function pause(tries) {
    return Math.min(maxDelay, minDelay * 2 ** tries) * (0.5 + Math.random() / 2);
  }

  function turn(state, details = {}) {
    connection.state = state;
    connection.onstate?.(state, details);
  }

  function end(state, details) {
    clearTimeout(timer);
    socket.onopen = socket.onmessage = socket.onclose = null;
    turn(state, details);
  }

  function open() {
    clearTimeout(timer);
    socket = new WebSocket(address, protocols);
    socket.onmessage = ({data}) => {
      tries = 0;
      hear(JSON.parse(data));
    };
    socket.onopen = () => {
      turn('open');
      for (const channel of channels.values()) ask(channel);
    };
    socket.onclose = ({code, reason}) => lose(code, reason);
    turn('connecting');
  }

  // What the server says no to, it would say no to again.
  function lose(code, reason) {
    if (code == 1002 || code == 1003 || code == 1008 || code >= 4000) return end('closed', {code, reason});
    const delay = pause(tries++);
    end('waiting', {code, reason, delay});
    if (connection.state == 'waiting') timer = setTimeout(open, delay);
  }

  function send(message) {
    if (connection.state != 'open') return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  function ask(channel) {
    const {name, epoch, offset} = channel;
    channel.asks = send({type: 'subscribe', channel: name, epoch, offset});
  }

  function hear(message) {
    const {type, offset, previous, user, info} = message;
    const channel = channels.get(message.channel);
    if (!channel) return;
    const {on, members} = channel;
    if (type == 'message') {
      if (offset) {
        if (channel.asks || offset <= channel.offset) return;
        if (previous > channel.offset) return ask(channel); // some are missing
        channel.offset = offset;
      }
      const {data, base64} = message;
      on.message?.(base64 == null ? data : Uint8Array.from(atob(base64), (c) => c.charCodeAt()), message);
    } else if (type == 'subscribed' || type == 'gap') {
      channel.epoch = message.epoch;
      channel.offset = offset;
      channel.asks = false;
      if (message.members) {
        members.clear();
        for (const {user, info} of message.members) members.set(user, info);
      }
      on.subscribed?.({recovered: !!message.recovered, members, more: message.more ?? 0});
    } else if (type == 'join') {
      members.set(user, info);
      on.join?.(user, info);
    } else if (type == 'leave') {
      members.delete(user);
      on.leave?.(user, info);
    } else if (type == 'error') {
      // The server's engine has failed, perhaps for a while: nothing would come without asking again.
      if (channel.asks && message.code == 'unavailable')
        setTimeout(() => channel.asks && channels.get(channel.name) == channel && ask(channel), pause(3));
      on.error?.(message);
    }
  }

  function subscribe(name, on) {
    const channel = {
      name,
      on,
      members: new Map(),
      publish: (data, {keep = true} = {}) => send({type: 'publish', channel: name, data, keep}),
      unsubscribe() {
        if (channels.delete(name)) send({type: 'unsubscribe', channel: name});
      },
    };
    channels.set(name, channel);
    ask(channel);
    return channel;
  }

  // A network that is gone is not told of to the socket for minutes.
  globalThis.addEventListener?.('offline', () => {
    if (connection.state == 'open' || connection.state == 'connecting') {
      const former = socket;
      lose(1006, 'offline');
      former.close();
    }
  });
  globalThis.addEventListener?.('online', connection.reconnect);

  open();
  return connection;
}
