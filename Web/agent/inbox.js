// The list of conversations as the server orders and counts them. The first request brings the page, later ones only
// what changed since; /sync says when to ask.

import { conversations, join } from '../matrix/actions.js';
import { debounced } from '../parts/dom.js';

const pageSize = 200;

export class Inbox extends EventTarget {
    #byRoom = new Map();
    #next = null;
    #asking = false;
    #again = false;
    #soon = debounced(120, () => this.refresh());

    constructor(client) {
        super();
        this.client = client;
        this.isLoaded = false;
        this.hasFailed = false;
        client.addEventListener('rooms', ({ detail }) => {
            if (detail.changed || !this.isLoaded) this.#soon();
        });
        client.addEventListener('invite', ({ detail }) => join(client, detail.id).then(() => this.#soon(), () => null));
    }

    /** Newest first. */
    get conversations() {
        return [...this.#byRoom.values()].sort((a, b) => (b.last_ts ?? 0) - (a.last_ts ?? 0));
    }

    get(roomId) {
        return this.#byRoom.get(roomId) ?? null;
    }

    /** Conversations with something unread, for the title. */
    get unreadTotal() {
        let total = 0;
        for (const each of this.#byRoom.values()) total += each.unread > 0 ? each.unread : each.marked_unread ? 1 : 0;
        return total;
    }

    /** Shows at once what the server will confirm with the next delta. */
    foresee(roomId, change) {
        const known = this.#byRoom.get(roomId);
        if (!known) return;
        this.#byRoom.set(roomId, { ...known, ...change });
        this.dispatchEvent(new Event('changed'));
    }

    /** Asks for what changed; a call during a call asks once more afterwards. */
    async refresh() {
        if (this.#asking) {
            this.#again = true;
            return;
        }
        this.#asking = true;
        try {
            do {
                this.#again = false;
                this.#take(await conversations(this.client, { since: this.#next, limit: pageSize }));
            } while (this.#again);
            this.hasFailed = false;
        } catch {
            this.hasFailed = true;
        }
        this.#asking = false;
        this.dispatchEvent(new Event('changed'));
    }

    #take(reply) {
        const list = Array.isArray(reply.conversations) ? reply.conversations : [];
        for (const each of list) if (typeof each?.room === 'string') this.#byRoom.set(each.room, each);
        for (const room of reply.removed ?? []) this.#byRoom.delete(room);
        this.#next = reply.next ?? this.#next;
        this.isLoaded = true;
        if (list.length >= pageSize) this.#again = true;
    }
}
