// The long poll. One loop asks for what follows the last position, applies it, and asks again; when the network goes
// it backs off with jitter, and an `online` event or a page that becomes visible again cuts the wait short.

import { backoff, rest } from './retry.js';
import { MatrixError } from './request.js';

const pollMilliseconds = 25_000;
const graceMilliseconds = 15_000;

/** States that a person is told about. */
export const Connection = { starting: 'starting', online: 'online', reconnecting: 'reconnecting', offline: 'offline' };

export class SyncLoop {
    #running = null;
    #wait = null;
    #poll = null;
    #lastReply = 0;

    /**
     * `fetchSync({since, timeout, limit, signal})` makes the request (limit: milliseconds before it counts as lost),
     * `apply(reply)` takes the answer, `changed(state)` hears of the connection.
     */
    constructor({ fetchSync, apply, changed }) {
        this.fetchSync = fetchSync;
        this.apply = apply;
        this.changed = changed;
        this.since = null;
        this.state = Connection.starting;
        this.wentOnline = () => this.retryNow();
        this.wentOffline = () => this.#poll?.abort();
        this.cameBack = () => this.#checkAfterSleep();
    }

    start() {
        if (this.#running) return;
        this.#running = new AbortController();
        window.addEventListener('online', this.wentOnline);
        window.addEventListener('offline', this.wentOffline);
        document.addEventListener('visibilitychange', this.cameBack);
        this.#run(this.#running.signal);
    }

    stop() {
        this.#running?.abort();
        this.#poll?.abort();
        this.#running = null;
        window.removeEventListener('online', this.wentOnline);
        window.removeEventListener('offline', this.wentOffline);
        document.removeEventListener('visibilitychange', this.cameBack);
    }

    /** Ends a wait between two tries; does nothing to a poll that runs well. */
    retryNow() {
        this.#wait?.abort();
        if (this.state !== Connection.online) this.#poll?.abort();
    }

    // A laptop that slept may hold a connection that is dead without knowing it.
    #checkAfterSleep() {
        if (document.visibilityState !== 'visible') return;
        this.#wait?.abort();
        if (Date.now() - this.#lastReply > pollMilliseconds + graceMilliseconds) this.#poll?.abort();
    }

    #become(state) {
        if (this.state === state) return;
        this.state = state;
        this.changed(state);
    }

    async #run(stopped) {
        let failures = 0;
        while (!stopped.aborted) {
            try {
                const reply = await this.#askOnce(failures);
                if (stopped.aborted) return;
                failures = 0;
                this.#lastReply = Date.now();
                this.apply(reply);
                this.since = reply.next_batch;
                this.#become(Connection.online);
            } catch (error) {
                if (stopped.aborted || (error instanceof MatrixError && error.isSessionOver)) return;
                // A position the server does not know (another database, say): from the beginning.
                if (error.status === 400 && this.since !== null) this.since = null;
                this.#become(navigator.onLine === false ? Connection.offline : Connection.reconnecting);
                this.#wait = new AbortController();
                await rest(error.retryAfter ?? backoff(failures), this.#wait.signal);
                failures += 1;
            }
        }
    }

    #askOnce(failures) {
        this.#poll = new AbortController();
        const calm = this.since !== null && failures === 0 && this.state === Connection.online;
        const timeout = calm ? pollMilliseconds : 0;
        return this.fetchSync({
            since: this.since, timeout, limit: timeout + graceMilliseconds + (this.since ? 0 : 30_000),
            signal: this.#poll.signal,
        });
    }
}
