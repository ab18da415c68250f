// Tells the server what has been read: only what is on a screen that somebody looks at, and each position once.

import { markRead } from '../matrix/actions.js';
import { debounced } from './dom.js';

export class ReadMarker {
    #told = new Map();
    #soon = debounced(250, () => this.#check());

    /** `view` is the <vt-timeline> whose room is read. `read(roomId)` hears when a receipt was taken. */
    constructor(client, view, read = () => {}) {
        this.client = client;
        this.view = view;
        this.read = read;
        view.addEventListener('vt-drawn', () => this.#soon());
        view.scroller.addEventListener('scroll', () => this.#soon(), { passive: true });
        window.addEventListener('focus', () => this.#soon());
        document.addEventListener('visibilitychange', () => this.#soon());
    }

    /** Lets the same position be told again (after a conversation was marked unread). */
    forget(roomId) {
        this.#told.delete(roomId);
    }

    async #check() {
        const { room, keeper } = this.view;
        const looking = document.visibilityState === 'visible' && document.hasFocus() && this.view.isConnected;
        if (!room || !looking || !keeper.atEnd || this.view.offsetParent === null) return;
        const newest = room.timeline.events.findLast((event) => event.sender !== room.ownUser);
        if (!newest || this.#told.get(room.id) === newest.event_id) return;
        const rank = room.timeline.rankOf(newest.event_id);
        const own = room.receipts.get(room.ownUser);
        const ownRank = own ? room.timeline.rankOf(own.eventId) : null;
        if (ownRank !== null && ownRank >= rank && room.unread === 0) return;
        this.#told.set(room.id, newest.event_id);
        try {
            await markRead(this.client, room.id, newest.event_id);
            this.read(room.id);
        } catch {
            this.#told.delete(room.id);
        }
    }
}
