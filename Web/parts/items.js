// From events and unsent messages to the list that is shown: bubbles, lines between days, holes, notices. Pure: the
// same input gives the same list, so the view only has to find out what differs.

import { dayKey } from '../dates.js';
import { isRedacted, isSpeech, isState, transactionOf } from '../matrix/event.js';
import { Delivery } from '../matrix/outbox.js';

const groupMilliseconds = 5 * 60_000;

/** Rank up to which somebody else has read: as their receipts say, and whoever answers has read what stands above. */
function readRank(room) {
    let most = -Infinity;
    for (const [user, receipt] of room.receipts) {
        const rank = room.isMine(user) ? null : room.timeline.rankOf(receipt.eventId);
        if (rank !== null && rank > most) most = rank;
    }
    const answer = room.timeline.events.findLast((event) => !room.isMine(event.sender) && isSpeech(event)
        && event.content.msgtype !== 'm.notice');
    return answer ? Math.max(most, room.timeline.rankOf(answer.event_id)) : most;
}

function messageOf(event, room, read) {
    const { content, edit } = room.timeline.relations.contentOf(event);
    const mine = room.isMine(event.sender);
    const rank = room.timeline.rankOf(event.event_id);
    return {
        kind: 'message', key: (mine && transactionOf(event)) || event.event_id, event, content, edit, mine, room: room.id,
        sender: event.sender, ts: event.origin_server_ts ?? 0, redacted: isRedacted(event),
        reactions: room.timeline.relations.reactionsTo(event.event_id),
        state: mine ? (rank <= read ? 'read' : 'sent') : null,
    };
}

// Once the server has answered, the event is known before /sync brings it: its menu need not wait.
function echoOf(entry, ownUser) {
    const { content, ts, eventId } = entry;
    const event = eventId
        ? { event_id: eventId, type: 'm.room.message', sender: ownUser, content, origin_server_ts: ts } : null;
    return {
        kind: 'message', key: entry.txn, entry, event, content, edit: null, mine: true,
        sender: ownUser ?? '', ts, redacted: false, reactions: [],
        state: entry.state === Delivery.waiting ? 'sending' : entry.state,
    };
}

/** The text key of what happened to a member, or null when nothing a person would want to know did. */
function noticeOf(event) {
    if (event.type === 'm.room.name') return event.unsigned?.prev_content ? 'notice_named' : null;
    if (event.type !== 'm.room.member') return null;
    const now = event.content.membership;
    const before = event.unsigned?.prev_content?.membership;
    if (now === before) return null;
    if (now === 'join') return 'notice_joined';
    if (now === 'leave') return event.sender === event.state_key ? 'notice_left' : 'notice_removed';
    return now === 'ban' ? 'notice_removed' : null;
}

function fromEvents(room, { showNotices, unreadAfter, nameOf }) {
    const items = [];
    const read = readRank(room);
    const edge = unreadAfter === null ? null : room.timeline.rankOf(unreadAfter);
    let unreadShown = edge === null;
    for (const event of room.timeline.events) {
        const eventId = event.event_id;
        if (items.length > 0 && room.timeline.hasHoleBefore(eventId)) {
            items.push({ kind: 'gap', key: `gap ${eventId}`, eventId });
        }
        if (isSpeech(event)) {
            const item = messageOf(event, room, read);
            if (!unreadShown && !item.mine && room.timeline.rankOf(event.event_id) > edge) {
                items.push({ kind: 'unread', key: 'unread' });
                unreadShown = true;
            }
            items.push(item);
        } else if (showNotices && isState(event)) {
            addNotice(items, event, nameOf);
        }
    }
    return items;
}

/** Adds a line for `event`; people who come one after the other share theirs. */
function addNotice(items, event, nameOf) {
    const t = noticeOf(event);
    if (!t) return;
    const name = event.type === 'm.room.name' ? String(event.content.name ?? '') : nameOf(event.state_key);
    const last = items.at(-1);
    if (last?.kind === 'notice' && last.t === t && t !== 'notice_named') last.names.push(name);
    else items.push({ kind: 'notice', key: event.event_id, t, ts: event.origin_server_ts ?? 0, names: [name] });
}

/** Puts a line before the first item of each day, and marks what follows its own kind closely. */
function arranged(items) {
    const list = [];
    let last = null;
    for (const item of items) {
        if (item.ts && (!last || dayKey(last.ts) !== dayKey(item.ts))) {
            list.push({ kind: 'day', key: `day ${dayKey(item.ts)} ${item.key}`, ts: item.ts });
        }
        const before = list.at(-1);
        item.grouped = item.kind === 'message' && before?.kind === 'message' && before.sender === item.sender
            && before.mine === item.mine && item.ts - before.ts < groupMilliseconds;
        list.push(item);
        if (item.ts) last = item;
    }
    return list;
}

function settleDays(list) {
    const seen = new Map();
    for (const item of list) {
        if (item.kind !== 'day') continue;
        const day = dayKey(item.ts);
        seen.set(day, (seen.get(day) ?? 0) + 1);
        item.key = `day ${day} ${seen.get(day)}`;
    }
    return list;
}

/**
 * The list for `room` (null before there is one) and the unsent `entries`. `showNotices`: comings and goings too;
 * `unreadAfter`: id of the last event read before the room was opened, or null; `nameOf(user)` for the comings and goings.
 */
export function buildItems(room, entries, { showNotices = false, unreadAfter = null, nameOf = (user) => room.member(user).name } = {}) {
    const items = room ? fromEvents(room, { showNotices, unreadAfter, nameOf }) : [];
    const list = settleDays(arranged([...items, ...entries.map((entry) => echoOf(entry, room?.ownUser))]));
    const lastRead = list.findLast((item) => item.kind === 'message' && item.state === 'read');
    if (lastRead) lastRead.isLastRead = true;
    if (room && room.timeline.events.length > 0) {
        list.unshift(room.timeline.reachesStart ? { kind: 'start', key: 'start' } : { kind: 'older', key: 'older' });
    }
    return list;
}
