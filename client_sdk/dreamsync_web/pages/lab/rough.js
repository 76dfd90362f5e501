// A line that can be made rough on purpose: slow, or saying everything that counts twice.

/** How rough the line is: `delayMs` each way, and whether proposals are sent twice. */
export class Rough {
  delayMs = 0;
  sendsTwice = false;
  onDoubled = () => {}; // told of each message that was sent a second time

  /** Return a class to be used in place of WebSocket. */
  socket() {
    const rough = this;
    return class {
      #socket;
      #sent = Promise.resolve();
      #heard = Promise.resolve();
      onopen = null;
      onmessage = null;
      onclose = null;
      onerror = null;

      constructor(url, protocols) {
        this.#socket = new WebSocket(url, protocols);
        this.#socket.onopen = (event) => this.onopen?.(event);
        this.#socket.onerror = (event) => this.onerror?.(event);
        this.#socket.onmessage = (event) => {
          this.#heard = after(this.#heard, rough.delayMs, () => this.onmessage?.(event));
        };
        this.#socket.onclose = (event) => {
          this.#heard = after(this.#heard, 0, () => this.onclose?.(event));
        };
      }

      get readyState() { return this.#socket.readyState; }
      get binaryType() { return this.#socket.binaryType; }
      set binaryType(type) { this.#socket.binaryType = type; }
      close(code) { this.#socket.close(code); }

      send(data) {
        const times = rough.sendsTwice && isProposal(data) ? 2 : 1;
        this.#sent = after(this.#sent, rough.delayMs, () => {
          for (let i = 0; i < times && this.#socket.readyState === 1; i++) {
            this.#socket.send(data);
            if (i) rough.onDoubled(JSON.parse(data));
          }
        });
      }
    };
  }
}

/** Do something `ms` from now, and not before what was to be done earlier. */
function after(earlier, ms, doing) {
  const waited = ms ? new Promise((done) => { setTimeout(done, ms); }) : Promise.resolve();
  return Promise.all([earlier, waited]).then(doing);
}

const isProposal = (data) => typeof data === "string" && JSON.parse(data).n !== undefined;
