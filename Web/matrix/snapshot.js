// The page's memory between visits: the sync position and the rooms as they were at that position, written together
// so that what is restored is never ahead of, or behind, the position it resumes from.

import { entries, removeAll, write } from './database.js';

export class Snapshot {
    #page;
    #writer = Math.random().toString(36).slice(2);
    #changed = new Set();
    #timer = null;

    constructor(page) {
        this.#page = page;
    }

    /** `{since, rooms: Map(id -> kept)}`, or null where nothing is kept for this user. */
    async load(userId) {
        const found = new Map(await entries('snapshot', `${this.#page}/`));
        const head = found.get(`${this.#page}/head`);
        if (!head || head.userId !== userId || typeof head.since !== 'string') return null;
        const start = `${this.#page}/room/`;
        const rooms = new Map();
        for (const [key, kept] of found) if (key.startsWith(start)) rooms.set(key.slice(start.length), kept);
        return { since: head.since, rooms };
    }

    /** Notes that rooms changed and writes soon; several changes within a second cost one write. */
    note(roomIds, take) {
        for (const id of roomIds) this.#changed.add(id);
        this.#timer ??= setTimeout(() => this.flush(take), 1000);
    }

    /** Writes now. `take()` answers `{userId, since, rooms}`. */
    async flush(take) {
        clearTimeout(this.#timer);
        this.#timer = null;
        const { userId, since, rooms } = take();
        if (!userId || !since) return;
        const changed = this.#changed;
        this.#changed = new Set();
        // Another tab of the same page wrote last: its rooms may be older than ours, so all of ours are written.
        const head = new Map(await entries('snapshot', `${this.#page}/head`)).get(`${this.#page}/head`);
        const ids = head?.writer === this.#writer ? changed : rooms.keys();
        const pairs = [[`${this.#page}/head`, { userId, since, writer: this.#writer }]];
        for (const id of ids) pairs.push([`${this.#page}/room/${id}`, rooms.get(id)?.snapshot()]);
        await write('snapshot', pairs);
    }

    async clear() {
        clearTimeout(this.#timer);
        this.#timer = null;
        this.#changed.clear();
        await removeAll('snapshot', `${this.#page}/`);
    }
}
