// Questions about one event. Events come from outside: every field is checked before it is used.

const vitrine = 'shop.vitrine';

export function isEvent(value) {
    return typeof value === 'object' && value !== null && typeof value.event_id === 'string'
        && typeof value.type === 'string' && typeof value.sender === 'string'
        && typeof value.content === 'object' && value.content !== null;
}

export function isState(event) {
    return typeof event.state_key === 'string';
}

/** The server's number of the event in its room, or null from a server that does not number. */
export function sequenceOf(event) {
    const seq = event.unsigned?.[vitrine]?.seq;
    return Number.isSafeInteger(seq) ? seq : null;
}

/** Id of the visible event before this one; null at the start of history; undefined when the server does not say. */
export function previousOf(event) {
    const mark = event.unsigned?.[vitrine];
    if (typeof mark !== 'object' || mark === null) return undefined;
    return typeof mark.prev === 'string' ? mark.prev : null;
}

export function isRedacted(event) {
    if (event.unsigned?.redacted_because) return true;
    return event.type === 'm.room.message' && Object.keys(event.content).length === 0;
}

/** The id that a redaction names, where room version 11 and older ones put it. */
export function redactionTarget(event) {
    const id = event.content.redacts ?? event.redacts;
    return typeof id === 'string' ? id : null;
}

/** `{kind: 'edit'|'reaction', target, key}` or null. */
export function relationOf(event) {
    const relates = event.content['m.relates_to'];
    if (typeof relates?.event_id !== 'string' || isState(event)) return null;
    if (relates.rel_type === 'm.replace' && typeof event.content['m.new_content'] === 'object') {
        return { kind: 'edit', target: relates.event_id };
    }
    if (event.type === 'm.reaction' && relates.rel_type === 'm.annotation' && typeof relates.key === 'string') {
        return { kind: 'reaction', target: relates.event_id, key: relates.key.slice(0, 64) };
    }
    return null;
}

export function replyTarget(event) {
    const id = event.content['m.relates_to']?.['m.in_reply_to']?.event_id;
    return typeof id === 'string' ? id : null;
}

export function transactionOf(event) {
    const id = event.unsigned?.transaction_id;
    return typeof id === 'string' ? id : null;
}

/** A copy as the server would show it after its recall: no content, and the redaction that did it. */
export function pruned(event, because) {
    const unsigned = { ...event.unsigned, 'm.relations': undefined, redacted_because: because };
    return { ...event, content: {}, unsigned };
}

/** Whether the event is something a person said (shown as a bubble). */
export function isSpeech(event) {
    return (event.type === 'm.room.message' || event.type === 'm.sticker') && !isState(event)
        && relationOf(event)?.kind !== 'edit';
}
