// Edits and reactions by the event they belong to, kept beside the timeline so that the order in which the parts
// arrive (history backwards, sync forwards) does not matter.

import { isRedacted, relationOf, sequenceOf } from './event.js';

export class Relations {
    #edits = new Map();
    #reactions = new Map();

    /** Takes an event in; answers the id of the event whose looks may have changed, or null. */
    add(event) {
        const relation = isRedacted(event) ? null : relationOf(event);
        if (!relation) return null;
        const table = relation.kind === 'edit' ? this.#edits : this.#reactions;
        if (!table.has(relation.target)) table.set(relation.target, new Map());
        table.get(relation.target).set(event.event_id, event);
        return relation.target;
    }

    /** Forgets an event that was recalled. */
    remove(event) {
        const relation = relationOf(event);
        if (!relation) return;
        const table = relation.kind === 'edit' ? this.#edits : this.#reactions;
        table.get(relation.target)?.delete(event.event_id);
    }

    /** The content to show: that of the newest valid edit (same sender, same type), else the event's own. */
    contentOf(event) {
        if (isRedacted(event) || relationOf(event)?.kind === 'edit') return { content: event.content, edit: null };
        const own = [...(this.#edits.get(event.event_id)?.values() ?? [])];
        const bundled = event.unsigned?.['m.relations']?.['m.replace'];
        if (typeof bundled?.content?.['m.new_content'] === 'object') own.push({ type: event.type, ...bundled });
        const valid = own.filter((edit) => edit.sender === event.sender && edit.type === event.type);
        if (valid.length === 0) return { content: event.content, edit: null };
        const rank = (edit) => sequenceOf(edit) ?? edit.origin_server_ts ?? 0;
        const newest = valid.reduce((best, edit) => (rank(edit) > rank(best) ? edit : best));
        return { content: newest.content['m.new_content'] ?? {}, edit: newest.event_id };
    }

    /** `[{key, senders: Map(user -> event id)}]` in the order of first use. */
    reactionsTo(eventId) {
        const byKey = new Map();
        const all = [...(this.#reactions.get(eventId)?.values() ?? [])];
        all.sort((a, b) => (a.origin_server_ts ?? 0) - (b.origin_server_ts ?? 0));
        for (const event of all) {
            const { key } = relationOf(event);
            if (!byKey.has(key)) byKey.set(key, new Map());
            byKey.get(key).set(event.sender, event.event_id);
        }
        return [...byKey].map(([key, senders]) => ({ key, senders }));
    }
}
