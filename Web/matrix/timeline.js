// The events of one room that this page holds, each once, in the server's order. What is missing is known: every event
// names the one before it (`unsigned["shop.vitrine"].prev`), so a hole is an event whose predecessor is not held.
// Servers that give no such mark still work: order of arrival, and holes only where a sync reply was `limited`.

import { isEvent, isRedacted, pruned, previousOf, redactionTarget, sequenceOf } from './event.js';
import { Relations } from './relations.js';

export class Timeline {
    #events = [];
    #byId = new Map();
    #ranks = new Map();
    #tokens = new Map();
    #limited = new Set();
    #closed = new Set();
    #skipped = new Set();
    #redactions = new Map();

    relations = new Relations();
    version = 0;

    get events() {
        return this.#events;
    }

    get newest() {
        return this.#events.at(-1) ?? null;
    }

    get(eventId) {
        return this.#byId.get(eventId) ?? null;
    }

    rankOf(eventId) {
        return this.#ranks.get(eventId) ?? null;
    }

    /** Takes the timeline part of a sync reply; answers the events that were not held before. */
    takeSync(part) {
        const chunk = (Array.isArray(part?.events) ? part.events : []).filter(isEvent);
        for (const id of part?.skipped ?? []) this.#skipped.add(id);
        const first = chunk[0];
        if (first && part.limited) this.#dropBeyond(chunk);
        const fresh = chunk.filter((event) => this.#insert(event, 'newest'));
        if (first && part.prev_batch) this.#tokens.set(first.event_id, part.prev_batch);
        if (first && part.limited && previousOf(first) === undefined) this.#limited.add(first.event_id);
        this.#finish();
        return fresh;
    }

    /**
     * Takes events older than `before` (as `/messages?dir=b` answers: newest first) and the token that goes on.
     * Without a token there is nothing older.
     */
    takeOlder(before, chunk, token) {
        const list = chunk.filter(isEvent);
        this.#limited.delete(before);
        for (const event of list) this.#insert(event, 'before', before);
        const last = list.at(-1);
        if (last && token) this.#tokens.set(last.event_id, token);
        if (!token) this.#closed.add(last?.event_id ?? before);
        else if (last && previousOf(last) === undefined) this.#limited.add(last.event_id);
        if (this.hasHoleBefore(before)) this.#closed.add(before);
        this.#finish();
    }

    /** Takes an island: `events` in order, from `/context` or `/event`; holes around it are seen by their marks. */
    takeIsland(events, startToken) {
        const list = events.filter(isEvent);
        for (const event of list) this.#insert(event, 'newest');
        if (list[0] && startToken) this.#tokens.set(list[0].event_id, startToken);
        this.#finish();
    }

    /** Whether events between this one and the one shown above it are missing. */
    hasHoleBefore(eventId) {
        const event = this.get(eventId);
        if (!event || this.#closed.has(eventId)) return false;
        const previous = previousOf(event);
        if (previous === undefined) return this.#limited.has(eventId);
        return previous !== null && !this.#byId.has(previous) && !this.#skipped.has(previous);
    }

    /** Events with a hole before them, newest first. */
    holes() {
        return this.#events.filter((event) => this.hasHoleBefore(event.event_id)).reverse();
    }

    get reachesStart() {
        return this.#events.length > 0 && !this.hasHoleBefore(this.#events[0].event_id);
    }

    tokenBefore(eventId) {
        return this.#tokens.get(eventId) ?? null;
    }

    /** The last `count` events and what is known about the gap above them, for the snapshot. */
    tail(count) {
        const events = this.#events.slice(-count);
        const first = events[0]?.event_id;
        return { events, token: first ? this.tokenBefore(first) : null, closed: this.#closed.has(first) };
    }

    restore(kept) {
        const events = (Array.isArray(kept?.events) ? kept.events : []).filter(isEvent);
        for (const event of events) this.#insert(event, 'newest');
        const first = events[0]?.event_id;
        if (first && kept.token) this.#tokens.set(first, kept.token);
        if (first && kept.closed) this.#closed.add(first);
        if (first && previousOf(events[0]) === undefined && !kept.closed) this.#limited.add(first);
        this.#finish();
    }

    // MARK: Inside

    #insert(event, where, before) {
        const held = this.#byId.get(event.event_id);
        if (held) {
            if (isRedacted(event) && !isRedacted(held)) this.#replace(held, event);
            return false;
        }
        const because = this.#redactions.get(event.event_id);
        const kept = because && !isRedacted(event) ? pruned(event, because) : event;
        this.#byId.set(kept.event_id, kept);
        this.#ranks.set(kept.event_id, sequenceOf(kept) ?? this.#arrivalRank(where, before));
        this.#events.push(kept);
        this.relations.add(kept);
        if (kept.type === 'm.room.redaction') this.#redact(kept);
        return true;
    }

    // Events without a number are ranked by where they arrived: after everything, or just below `before`.
    #arrivalRank(where, before) {
        const ranks = [...this.#ranks.values()];
        if (where === 'newest') return ranks.length ? Math.max(...ranks) + 1 : 0;
        const ceiling = this.#ranks.get(before) ?? 0;
        const below = ranks.filter((rank) => rank < ceiling);
        return below.length ? (Math.max(...below) + ceiling) / 2 : ceiling - 1;
    }

    #redact(redaction) {
        const target = redactionTarget(redaction);
        if (!target) return;
        this.#redactions.set(target, redaction);
        const held = this.#byId.get(target);
        if (held && !isRedacted(held)) this.#replace(held, pruned(held, redaction));
    }

    #replace(held, event) {
        this.relations.remove(held);
        this.#byId.set(event.event_id, event);
        this.#events[this.#events.indexOf(held)] = event;
    }

    // After a server was restored from a backup, what this page holds beyond the server's head is history no more.
    #dropBeyond(chunk) {
        const start = sequenceOf(chunk[0]);
        if (start === null) return;
        const named = new Set(chunk.map((event) => event.event_id));
        const gone = this.#events.filter((event) => (sequenceOf(event) ?? -1) >= start
            && !named.has(event.event_id) && !this.#skipped.has(event.event_id));
        for (const event of gone) {
            this.relations.remove(event);
            this.#byId.delete(event.event_id);
            this.#ranks.delete(event.event_id);
        }
        if (gone.length) this.#events = this.#events.filter((event) => this.#byId.has(event.event_id));
    }

    #finish() {
        this.#events.sort((a, b) => this.#ranks.get(a.event_id) - this.#ranks.get(b.event_id));
        this.version += 1;
    }
}
