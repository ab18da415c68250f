// One conversation as this page knows it: state, timeline, who has read what, who types.

import { isEvent, isState } from './event.js';
import { Timeline } from './timeline.js';

const tailLength = 40;

export class Room {
    timeline = new Timeline();
    typing = new Set();
    receipts = new Map();
    accountData = new Map();
    unread = 0;
    highlight = 0;
    left = false;
    #state = new Map();

    /** `also`: other ids of the same person. */
    constructor(id, ownUser, also = new Set()) {
        this.id = id;
        this.ownUser = ownUser;
        this.also = also;
    }

    // MARK: What arrives

    /** Takes the room's part of a sync reply; answers the timeline events that are new to this page. */
    takeSync(part) {
        this.left = false;
        this.#takeState(part.state?.events);
        const skipped = part['shop.vitrine.skipped'] ?? part['shop.vitrine']?.skipped ?? [];
        const fresh = this.timeline.takeSync({ ...part.timeline, skipped });
        this.#takeState(part.timeline?.events);
        for (const event of part.ephemeral?.events ?? []) this.#takeEphemeral(event);
        for (const event of part.account_data?.events ?? []) this.accountData.set(event.type, event.content ?? {});
        const counts = part.unread_notifications;
        if (counts) {
            this.unread = counts.notification_count ?? 0;
            this.highlight = counts.highlight_count ?? 0;
        }
        return fresh;
    }

    /** Members that came with a page of history: known only if nothing newer is. */
    takeMembers(events) {
        for (const event of Array.isArray(events) ? events : []) {
            if (isEvent(event) && isState(event) && !this.#state.has(key(event))) this.#state.set(key(event), event);
        }
    }

    #takeState(events) {
        for (const event of Array.isArray(events) ? events : []) {
            if (isEvent(event) && isState(event)) this.#state.set(key(event), event);
        }
    }

    #takeEphemeral(event) {
        if (event.type === 'm.typing') {
            const users = Array.isArray(event.content?.user_ids) ? event.content.user_ids : [];
            this.typing = new Set(users.filter((user) => user !== this.ownUser));
        } else if (event.type === 'm.receipt') {
            for (const [eventId, kinds] of Object.entries(event.content ?? {})) {
                const readers = { ...kinds?.['m.read.private'], ...kinds?.['m.read'] };
                for (const [user, { ts } = {}] of Object.entries(readers)) this.#takeReceipt(user, eventId, ts);
            }
        }
    }

    #takeReceipt(user, eventId, ts) {
        const old = this.receipts.get(user);
        const oldRank = old ? this.timeline.rankOf(old.eventId) : null;
        const newRank = this.timeline.rankOf(eventId);
        if (oldRank !== null && newRank !== null && newRank < oldRank) return;
        this.receipts.set(user, { eventId, ts: Number.isFinite(ts) ? ts : 0 });
    }

    // MARK: Questions

    isMine(user) {
        return user === this.ownUser || this.also.has(user);
    }

    get hasState() {
        return this.#state.size > 0;
    }

    stateEvent(type, stateKey = '') {
        return this.#state.get(`${type}\n${stateKey}`) ?? null;
    }

    /** `{id, name, avatar, membership}`; the name of someone unknown is the first part of the user id. */
    member(user) {
        const content = this.stateEvent('m.room.member', user)?.content ?? {};
        const name = typeof content.displayname === 'string' && content.displayname.trim();
        return {
            id: user, name: name || user.replace(/^@/, '').split(':')[0],
            avatar: typeof content.avatar_url === 'string' ? content.avatar_url : null,
            membership: content.membership ?? 'leave',
        };
    }

    members() {
        const found = [];
        for (const event of this.#state.values()) {
            if (event.type === 'm.room.member') found.push(this.member(event.state_key));
        }
        return found.filter((member) => member.membership === 'join' || member.membership === 'invite');
    }

    /** The room's own name, else the names of the other people in it, else null. */
    get name() {
        const name = this.stateEvent('m.room.name')?.content.name;
        if (typeof name === 'string' && name.trim()) return name.trim();
        const others = this.members().filter((member) => member.id !== this.ownUser);
        return others.length ? others.slice(0, 3).map((member) => member.name).join(', ') : null;
    }

    /** In a service room, as staff see it: the member with the least power. Null elsewhere, and for the customer. */
    get customer() {
        if (!this.stateEvent('shop.vitrine.conversation') || this.powerOf(this.ownUser) < 50) return null;
        const others = this.members().filter((member) => this.powerOf(member.id) < 50);
        return others.sort((a, b) => this.powerOf(a.id) - this.powerOf(b.id))[0] ?? null;
    }

    get avatar() {
        const url = this.stateEvent('m.room.avatar')?.content.url;
        return typeof url === 'string' ? url : null;
    }

    get createdAt() {
        return this.stateEvent('m.room.create')?.origin_server_ts ?? null;
    }

    powerOf(user) {
        const levels = this.stateEvent('m.room.power_levels')?.content;
        if (!levels) return this.stateEvent('m.room.create')?.sender === user ? 100 : 0;
        return levels.users?.[user] ?? levels.users_default ?? 0;
    }

    mayRecall(event) {
        if (event.sender === this.ownUser) return true;
        return this.powerOf(this.ownUser) >= (this.stateEvent('m.room.power_levels')?.content.redact ?? 50);
    }

    /** Others than oneself and the sender who have read up to `event` or further, with the time of their receipt. */
    readersOf(event) {
        const rank = this.timeline.rankOf(event.event_id);
        const found = [];
        for (const [user, receipt] of this.receipts) {
            if (user === this.ownUser || user === event.sender) continue;
            const theirs = this.timeline.rankOf(receipt.eventId);
            if (rank !== null && theirs !== null && theirs >= rank) found.push({ user, ts: receipt.ts });
        }
        return found;
    }

    // MARK: Between visits

    snapshot() {
        return {
            state: [...this.#state.values()], timeline: this.timeline.tail(tailLength),
            receipts: [...this.receipts], accountData: [...this.accountData],
            unread: this.unread, highlight: this.highlight,
        };
    }

    /** Takes back what `snapshot` gave; what this page has learned meanwhile is newer and stays. */
    restore(kept) {
        this.takeMembers(kept.state);
        this.timeline.restore(kept.timeline);
        this.receipts = new Map([...kept.receipts, ...this.receipts]);
        this.accountData = new Map([...kept.accountData, ...this.accountData]);
        this.unread = kept.unread ?? 0;
        this.highlight = kept.highlight ?? 0;
    }
}

function key(event) {
    return `${event.type}\n${event.state_key}`;
}
