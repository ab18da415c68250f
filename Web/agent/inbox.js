// The list of conversations as the server orders and counts them. The first requests bring the whole list page by
// page, later ones only what changed since; /sync says when to ask.

import { conversations, join } from '../matrix/actions.js';
import { t } from '../language.js';
import { debounced } from '../parts/dom.js';

const firstPage = 50;
const laterPages = 200;
const most = 5000;

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

    /**
     * What staff call a conversation: a service room bears the shop's name, but for them it is the customer's, whom
     * the first sync reply names. Null until then.
     */
    titleOf(roomId) {
        const room = this.client.rooms.get(roomId);
        if (!room?.hasState && this.client.sync.since === null) return null;
        return room?.customer?.name ?? this.get(roomId)?.title ?? room?.name ?? t('unnamed');
    }

    /** Unread messages, and conversations marked unread, for the title. */
    get unreadTotal() {
        let total = 0;
        for (const { unread, marked_unread: isMarked } of this.#byRoom.values()) {
            total += unread > 0 ? unread : Number(isMarked === true);
        }
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
                if (this.#next === null) await this.#askAll();
                else this.#take(await conversations(this.client, { since: this.#next, limit: laterPages }));
            } while (this.#again);
            this.hasFailed = false;
        } catch (error) {
            this.hasFailed = true;
            // A position the server no longer knows: the list is read anew.
            if (error.status === 400) this.#next = null;
        }
        this.#asking = false;
        this.dispatchEvent(new Event('changed'));
    }

    // The position is that of the first page: what moves between two pages comes with the next delta.
    async #askAll() {
        const first = await conversations(this.client, { limit: firstPage });
        this.#byRoom.clear();
        this.#take(first);
        this.dispatchEvent(new Event('changed'));
        for (let from = first.more_from; Number.isInteger(from) && from < most;) {
            const page = await conversations(this.client, { limit: laterPages, from });
            this.#take({ ...page, next: this.#next });
            from = page.more_from > from ? page.more_from : null;
        }
        this.isLoaded = true;
    }

    #take(reply) {
        for (const each of Array.isArray(reply.conversations) ? reply.conversations : []) {
            if (typeof each?.room === 'string') this.#byRoom.set(each.room, each);
        }
        for (const room of reply.removed ?? []) this.#byRoom.delete(room);
        this.#next = reply.next ?? this.#next;
    }
}
