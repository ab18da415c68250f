// The page's one connection to the server: session, rooms, sync, outbox and media together. It is an EventTarget:
//   room        {id, fresh}  a room changed; `fresh` are timeline events not seen before
//   rooms       some sync reply was applied
//   connection  {state}      see Connection
//   outbox, progress {txn, part}
//   over        {reason}     the session ended (here or elsewhere); everything local is already forgotten

import { transactionOf } from './event.js';
import { MediaStore } from './media.js';
import { Outbox } from './outbox.js';
import { MatrixError, request } from './request.js';
import { Room } from './room.js';
import { Session } from './session.js';
import { Snapshot } from './snapshot.js';
import { SyncLoop } from './sync.js';

function filterFor(timelineLimit) {
    return JSON.stringify({
        room: { timeline: { limit: timelineLimit }, state: { lazy_load_members: true } },
        presence: { types: [] },
    });
}

export class Client extends EventTarget {
    rooms = new Map();
    isOver = false;
    /** Other ids of the same person, whose messages are this person's, too. */
    also = new Set();

    /**
     * `page` names what is kept in the browser; `roomOf(entry)` answers where an unsent message goes; `timelineLimit`
     * is how many events of a room a sync reply may carry.
     */
    constructor(page, { roomOf = async (entry) => entry.roomId, timelineLimit = 30 } = {}) {
        super();
        this.page = page;
        this.filter = filterFor(timelineLimit);
        this.session = new Session(page);
        this.media = new MediaStore(this);
        this.outbox = new Outbox(this, roomOf);
        this.snapshot = new Snapshot(page);
        this.sync = new SyncLoop({
            fetchSync: (options) => this.#fetchSync(options),
            apply: (reply) => this.#apply(reply),
            changed: (state) => this.#connectionChanged(state),
        });
        window.addEventListener('pagehide', () => this.snapshot.flush(() => this.#memory()));
    }

    announce(type, detail = {}) {
        this.dispatchEvent(new CustomEvent(type, { detail }));
    }

    // MARK: Session

    /** Restores what the last visit left and starts to listen. Needs an open session. */
    async start() {
        const kept = await this.snapshot.load(this.session.userId);
        if (kept && !this.sync.since) {
            for (const [id, room] of kept.rooms) this.room(id).restore(room);
            this.sync.since = kept.since;
            for (const id of kept.rooms.keys()) this.announce('room', { id, fresh: [] });
        }
        this.announce('rooms');
        this.sync.start();
        this.outbox.pump();
    }

    async login(user, password, deviceName) {
        const body = {
            type: 'm.login.password', identifier: { type: 'm.id.user', user }, password,
            initial_device_display_name: deviceName,
        };
        this.session.begin(await request(null, 'POST', '/_matrix/client/v3/login', { body }));
        this.isOver = false;
    }

    /** Makes a visitor's account; `displayName` is what the shop sees, `shop` the number of one of several. */
    async openAnonymous(displayName, shop = null) {
        const body = { display_name: displayName, ...(shop ? { shop } : {}) };
        this.session.begin(await request(null, 'POST', '/api/v1/anonymous', { body }));
        this.isOver = false;
    }

    async logout() {
        await this.request('POST', '/_matrix/client/v3/logout', { body: {}, attempts: 2 }).catch(() => null);
        await this.#end('logout');
    }

    /** Holds the connection while the session is about to change hands; `replaceSession` or `resumeSession` follows. */
    holdSession() {
        this.isOver = true;
        this.sync.stop();
    }

    resumeSession() {
        this.isOver = false;
        this.sync.start();
    }

    /** Goes on under another account of the same person; what this page holds of rooms is read anew. */
    async replaceSession(reply) {
        this.sync.since = null;
        this.rooms.clear();
        await this.snapshot.clear();
        this.session.roomId = null;
        this.session.begin(reply);
        this.isOver = false;
    }

    /** Any authorised request; the end of the session is noticed here, whoever asked. */
    async request(method, target, options) {
        const { token } = this.session;
        if (token === null) throw new MatrixError(401, { errcode: 'M_MISSING_TOKEN' });
        // A page that is about one of several shops says so with everything it asks of the desk.
        const asked = this.shop && target.startsWith('/api/v1/desk/') ? { ...options, query: { shop: this.shop, ...options?.query } } : options;
        try {
            return await request(token, method, target, asked);
        } catch (error) {
            throw this.noticed(error, token);
        }
    }

    /** Looks at an error of a request made with `token`; a late answer to an earlier session ends nothing. */
    noticed(error, token) {
        if (error.isSessionOver && token === this.session.token) this.#end('ended');
        return error;
    }

    async #end(reason) {
        if (this.isOver) return;
        this.isOver = true;
        this.sync.stop();
        this.sync.since = null;
        this.session.forget();
        this.rooms.clear();
        this.media.clear();
        if (reason === 'logout') await this.outbox.forget();
        else this.outbox.failAll();
        await this.snapshot.clear();
        this.announce('over', { reason });
    }

    /** After the end: ready for another session. */
    reset() {
        this.isOver = false;
    }

    // MARK: Sync

    room(id) {
        if (!this.rooms.has(id)) this.rooms.set(id, new Room(id, this.session.userId, this.also));
        return this.rooms.get(id);
    }

    #fetchSync({ since, timeout, limit, signal }) {
        const query = { since, timeout, filter: this.filter };
        return this.request('GET', '/_matrix/client/v3/sync', { query, timeout: limit, signal, attempts: 1 });
    }

    #apply(reply) {
        const joined = Object.entries(reply.rooms?.join ?? {});
        for (const [id, part] of joined) {
            const fresh = this.room(id).takeSync(part);
            this.#confirm(part.timeline?.events ?? []);
            this.announce('room', { id, fresh });
        }
        for (const id of Object.keys(reply.rooms?.leave ?? {})) {
            this.rooms.delete(id);
            this.announce('room', { id, fresh: [] });
        }
        for (const id of Object.keys(reply.rooms?.invite ?? {})) this.announce('invite', { id });
        this.announce('rooms', { changed: joined.length > 0 || Boolean(reply.rooms?.leave) });
        const gone = Object.keys(reply.rooms?.leave ?? {});
        this.snapshot.note([...joined.map(([id]) => id), ...gone], () => this.#memory());
    }

    #confirm(events) {
        const transactions = new Set(events.map(transactionOf).filter(Boolean));
        this.outbox.confirm(transactions, new Set(events.map((event) => event.event_id)));
    }

    #connectionChanged(state) {
        this.announce('connection', { state });
        if (state === 'online') this.outbox.pump();
    }

    #memory() {
        return { userId: this.isOver ? null : this.session.userId, since: this.sync.since, rooms: this.rooms };
    }
}
