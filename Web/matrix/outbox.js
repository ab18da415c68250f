// Messages that were written here and are not in the timeline yet. Each is kept in localStorage under its transaction
// id until the server has answered; a retry, also after a reload, repeats the same id, so the message exists once.
// Pictures wait as files in IndexedDB and are uploaded before their message is sent. One message of a room at a time,
// in order.

import { get, removeAll, write } from './database.js';
import { MatrixError, path } from './request.js';
import { backoff, rest } from './retry.js';
import { itemKeys, readItem, removeItem, writeItem } from './storage.js';

export const Delivery = { waiting: 'waiting', sending: 'sending', sent: 'sent', failed: 'failed' };

let counter = 0;

function isOpen(entry) {
    return entry.state === Delivery.waiting || entry.state === Delivery.sending;
}

function newTransaction() {
    counter += 1;
    return `v${Date.now().toString(36)}.${counter}.${Math.random().toString(36).slice(2, 10)}`;
}

export class Outbox {
    #client;
    #roomOf;
    #lanes = new Set();
    #waits = new Map();
    entries = [];

    /** `roomOf(entry)` answers the room to send to; it may make the account and the room first. */
    constructor(client, roomOf) {
        this.#client = client;
        this.#roomOf = roomOf;
        const keys = itemKeys(`out.${client.page}.`).sort();
        this.entries = keys.map(readItem).filter((entry) => typeof entry?.txn === 'string');
        for (const entry of this.entries) if (entry.state !== Delivery.failed) entry.state = Delivery.waiting;
    }

    get #prefix() {
        return `out.${this.#client.page}.`;
    }

    of(roomId) {
        return this.entries.filter((entry) => entry.roomId === roomId || entry.roomId === null);
    }

    /** Queues a message; `file` is `{blob, url}` for pictures and documents. */
    async add(roomId, content, file = null) {
        const [txn, ts] = [newTransaction(), Date.now()];
        const entry = { txn, roomId, content, ts, state: Delivery.waiting, file: Boolean(file) };
        if (file) {
            Object.defineProperty(entry, 'local', { value: file, enumerable: false });
            await write('files', [[this.#prefix + entry.txn, file.blob]]);
        }
        this.entries.push(entry);
        this.#keep(entry);
        this.#changed();
        this.pump();
        return entry;
    }

    retry(txn) {
        const entry = this.entries.find((each) => each.txn === txn);
        if (entry?.state === Delivery.failed) this.#become(entry, Delivery.waiting);
        this.pump();
    }

    discard(txn) {
        this.#drop(txn);
        this.#changed();
    }

    /** The server's own copies arrived by sync: their echoes have done their work. */
    confirm(transactions, eventIds) {
        const done = this.entries.filter((entry) => transactions.has(entry.txn) || eventIds.has(entry.eventId));
        for (const entry of done) this.#drop(entry.txn);
        if (done.length) this.#changed();
    }

    /** Sends what waits, each room in its own lane; called again whenever something may have changed for the better. */
    pump() {
        for (const wait of this.#waits.values()) wait.abort();
        for (const lane of new Set(this.entries.map((entry) => entry.roomId))) this.#pumpLane(lane);
    }

    async #pumpLane(lane) {
        if (this.#lanes.has(lane)) return;
        this.#lanes.add(lane);
        let failures = 0;
        for (;;) {
            const entry = this.entries.find((each) => each.roomId === lane && isOpen(each));
            if (!entry || this.#client.isOver) break;
            try {
                this.#become(entry, Delivery.sending);
                await this.#send(entry);
                failures = 0;
            } catch (error) {
                if (this.#client.isOver) break;
                await this.#failed(entry, error, failures);
                failures += 1;
            }
        }
        this.#lanes.delete(lane);
    }

    async #failed(entry, error, failures) {
        if (error instanceof MatrixError && !error.isTemporary) {
            entry.reason = error.code;
            this.#become(entry, Delivery.failed);
            return;
        }
        this.#become(entry, Delivery.waiting);
        const wait = new AbortController();
        this.#waits.set(entry.roomId, wait);
        await rest(error.retryAfter ?? backoff(failures), wait.signal);
        this.#waits.delete(entry.roomId);
    }

    /** The session ended under these messages: their writer decides whether to send them in the next one. */
    failAll() {
        for (const entry of this.entries) this.#become(entry, Delivery.failed);
    }

    async forget() {
        for (const entry of this.entries) removeItem(this.#prefix + entry.txn);
        this.entries = [];
        await removeAll('files', this.#prefix);
    }

    /** The local bytes of an unsent picture, also after a reload. */
    async fileOf(entry) {
        return entry.local?.blob ?? await get('files', this.#prefix + entry.txn);
    }

    // MARK: Inside

    async #send(entry) {
        const roomId = await this.#roomOf(entry);
        if (entry.file && !entry.content.url) await this.#upload(entry);
        const target = path`/_matrix/client/v3/rooms/${roomId}/send/m.room.message/${entry.txn}`;
        const reply = await this.#client.request('PUT', target, { body: entry.content, attempts: 1 });
        entry.eventId = reply.event_id;
        removeItem(this.#prefix + entry.txn);
        this.#become(entry, Delivery.sent, { kept: false });
        if (this.#client.rooms.get(roomId)?.timeline.get(entry.eventId)) this.discard(entry.txn);
    }

    async #upload(entry) {
        const blob = await this.fileOf(entry);
        if (!blob) throw new MatrixError(404, { errcode: 'M_NOT_FOUND' });
        const url = await this.#client.media.upload(blob, entry.content.filename ?? entry.content.body, (part) => {
            entry.progress = part;
            this.#client.announce('progress', { txn: entry.txn, part });
        });
        entry.content = { ...entry.content, url };
        this.#client.media.adopt(url, blob);
        this.#keep(entry);
    }

    #become(entry, state, { kept = true } = {}) {
        entry.state = state;
        if (kept) this.#keep(entry);
        this.#changed();
    }

    #keep(entry) {
        if (this.entries.includes(entry)) writeItem(this.#prefix + entry.txn, entry);
    }

    #drop(txn) {
        const entry = this.entries.find((each) => each.txn === txn);
        this.entries = this.entries.filter((each) => each !== entry);
        removeItem(this.#prefix + txn);
        if (entry?.file) write('files', [[this.#prefix + txn, undefined]]);
    }

    #changed() {
        this.#client.announce('outbox');
    }
}
