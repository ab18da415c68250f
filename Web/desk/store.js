// What the console knows of the desk: who this is, the conversations within sight, queues, agents and canned replies. It
// stands in for the inbox of the conversation view, which asks it for names and counts.

import { t } from '../language.js';
import { deskGet, deskPost, deskPut } from '../matrix/desk.js';
import { debounced } from '../parts/dom.js';
import { toolsOf } from './tool-cards.js';

const everyMilliseconds = 4_000;

export class DeskStore extends EventTarget {
    #byNumber = new Map();
    #timer = null;
    #asking = false;
    #again = false;
    #soon = debounced(100, () => this.refresh());

    constructor(client) {
        super();
        this.client = client;
        this.desks = new Map();
        client.addEventListener('rooms', ({ detail }) => {
            if (detail.changed) this.#soon();
        });
    }

    /** Reads what the console begins with; refused for who is no agent. */
    async begin() {
        this.me = await deskGet(this.client, 'me');
        if (!this.me.agent) throw new Error('no agent');
        this.desks = new Map(await Promise.all(this.me.shops.map(async ({ shop }) => [shop, await this.#desk(shop)])));
        await this.refresh();
        // What waits in a queue is in no room of this agent's, so /sync does not tell of it.
        this.#timer = setInterval(() => {
            if (document.visibilityState === 'visible') this.refresh();
        }, everyMilliseconds);
    }

    end() {
        clearInterval(this.#timer);
    }

    async #desk(shop) {
        const names = ['queues', 'agents', 'canned', 'adapters', 'macros'];
        const lists = await Promise.all(names.map((name) => deskGet(this.client, name, { shop })));
        return Object.assign({}, ...lists);
    }

    /** The queues, agents, canned replies, adapters and macros of a conversation's shop. */
    of(conversation) {
        return this.desks.get(conversation.shop) ?? { queues: [], agents: [], canned: [], adapters: [], macros: [] };
    }

    /** What this agent is in a conversation's shop: `{shop, name, supervisor, part, cards}`. */
    #place(conversation) {
        return this.me.shops.find((each) => each.shop === conversation.shop) ?? null;
    }

    /** The name of a conversation's shop, where this agent works in several. */
    shopName(conversation) {
        return this.me.shops.length > 1 ? this.#place(conversation)?.name ?? '' : '';
    }

    get ownNumber() {
        return this.me.agent.agent;
    }

    /** Whether this agent supervises a conversation's shop. */
    supervises(conversation) {
        return this.#place(conversation)?.supervisor === true;
    }

    /** Whether this agent's part may send cards of a kind that the console knows. */
    mayCard(kind, conversation) {
        return this.#place(conversation)?.cards.includes(kind) ?? false;
    }

    get mayManage() {
        return this.me.role === 'supervisor' || this.me.admin === true;
    }

    get conversations() {
        return [...this.#byNumber.values()];
    }

    byNumber(number) {
        return this.#byNumber.get(number) ?? null;
    }

    ofRoom(roomId) {
        return this.conversations.find((each) => each.room_id === roomId) ?? null;
    }

    /** Those of a list: `mine`, `waiting` or `all`, in the order in which they are served. */
    list(name) {
        const mine = (each) => each.owner === this.ownNumber;
        const waits = (each) => each.status === 'queued' || (each.status === 'offered' && mine(each));
        const wanted = { mine: (each) => mine(each), waiting: waits, all: () => true }[name];
        const since = (each) => each.waiting_since_ts ?? each.opened_ts ?? 0;
        return this.conversations.filter(wanted).sort((a, b) => (name === 'waiting' ? since(a) - since(b) : b.number - a.number));
    }

    nameOf(conversation) {
        return conversation?.customer?.name || t('unnamed');
    }

    /** Asks for all that has not ended; a call during a call asks once more afterwards. */
    async refresh() {
        if (this.#asking) {
            this.#again = true;
            return;
        }
        this.#asking = true;
        try {
            do {
                this.#again = false;
                const { conversations } = await deskGet(this.client, 'conversations', { unresolved: true, limit: 200 });
                const kept = new Map(conversations.map((each) => [each.number, each]));
                // The one that is open stays in sight when it ends.
                if (this.shown && !kept.has(this.shown)) await this.#keepShown(kept);
                this.#byNumber = kept;
                this.me = await deskGet(this.client, 'me');
            } while (this.#again);
            this.dispatchEvent(new Event('changed'));
        } catch {
            // The banner tells of the connection; the next round asks again.
        }
        this.#asking = false;
    }

    async #keepShown(kept) {
        try {
            kept.set(this.shown, await deskGet(this.client, `conversations/${this.shown}`));
        } catch {
            this.shown = null;
        }
    }

    /** Tells the server and then looks again. */
    async command(number, what, body = {}) {
        const reply = await deskPost(this.client, `conversations/${number}/${what}`, body);
        await this.refresh();
        return reply;
    }

    async setStatus(status) {
        await deskPut(this.client, 'agents/me', { status });
        await this.refresh();
    }

    // MARK: As the conversation view's inbox

    get(roomId) {
        const room = this.client.rooms.get(roomId);
        return room ? { unread: room.unread, marked_unread: false, avatar: null } : null;
    }

    tools(roomId) {
        return toolsOf(this, roomId);
    }

    titleOf(roomId) {
        return this.nameOf(this.ofRoom(roomId));
    }

    /** Who speaks, as colleagues see it: by the own name and with what they do. Customers see the shop. */
    personOf(room, user) {
        const member = room.member(user);
        const colleague = this.#colleague(user);
        if (colleague) {
            return { ...member, avatar: null, name: colleague.name || user.slice(1).split(':')[0], badge: `role_${colleague.role ?? (colleague.supervisor ? 'supervisor' : 'service')}` };
        }
        if (user.startsWith('@r.')) return { ...member, badge: 'role_robot' };
        return user === room.stateEvent('m.room.create')?.sender ? { ...member, badge: 'role_business' } : member;
    }

    #colleague(user) {
        for (const { agents } of this.desks.values()) {
            const found = agents.find((each) => each.user_id === user);
            if (found) return found;
        }
        return null;
    }

    foresee(roomId, change) {
        const room = this.client.rooms.get(roomId);
        if (room && change.unread === 0) room.unread = 0;
        this.dispatchEvent(new Event('changed'));
    }
}
