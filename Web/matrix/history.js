// Filling what a timeline lacks: older pages, holes in the middle, and the surroundings of one event.

import { previousOf } from './event.js';
import { path } from './request.js';

const pageSize = 50;
const running = new Map();

// One fill of the same hole at a time, however often it scrolls into view.
function single(key, body) {
    if (!running.has(key)) running.set(key, body().finally(() => running.delete(key)));
    return running.get(key);
}

async function startTokenOf(client, room, eventId) {
    const target = path`/_matrix/client/v3/rooms/${room.id}/context/${eventId}`;
    const reply = await client.request('GET', target, { query: { limit: 0 } });
    return reply.start;
}

/** Fetches one page of what is missing just before `eventId`. */
export function fillBefore(client, room, eventId) {
    return single(`${room.id} ${eventId}`, async () => {
        const from = room.timeline.tokenBefore(eventId) ?? await startTokenOf(client, room, eventId);
        const query = { dir: 'b', from, limit: pageSize, filter: '{"lazy_load_members":true}' };
        const reply = await client.request('GET', path`/_matrix/client/v3/rooms/${room.id}/messages`, { query });
        room.takeMembers(reply.state);
        room.timeline.takeOlder(eventId, Array.isArray(reply.chunk) ? reply.chunk : [], reply.end ?? null);
        client.announce('room', { id: room.id, fresh: [] });
    });
}

/** Fetches the page before the oldest event that is held. */
export async function loadOlder(client, room) {
    const oldest = room.timeline.events[0];
    if (oldest && !room.timeline.reachesStart) await fillBefore(client, room, oldest.event_id);
}

/**
 * Repairs a hole that a sync reply left: first the one event that is named as missing (most holes are that small),
 * and if the hole goes on, a page.
 */
export function repair(client, room, eventId) {
    return single(`${room.id} ${eventId} repair`, async () => {
        const missing = previousOf(room.timeline.get(eventId));
        if (missing) {
            const target = path`/_matrix/client/v3/rooms/${room.id}/event/${missing}`;
            const event = await client.request('GET', target).catch(() => null);
            if (event) room.timeline.takeIsland([event], null);
            client.announce('room', { id: room.id, fresh: [] });
            if (event && !room.timeline.hasHoleBefore(missing)) return;
        }
        await fillBefore(client, room, room.timeline.get(missing) ? missing : eventId);
    });
}

/** Makes sure that `eventId` and its neighbours are held; answers whether the server knows it. */
export async function loadAround(client, room, eventId) {
    if (room.timeline.get(eventId)) return true;
    const target = path`/_matrix/client/v3/rooms/${room.id}/context/${eventId}`;
    const reply = await client.request('GET', target, { query: { limit: pageSize } }).catch(() => null);
    if (!reply?.event) return false;
    const before = [...(reply.events_before ?? [])].reverse();
    room.takeMembers(reply.state);
    room.timeline.takeIsland([...before, reply.event, ...(reply.events_after ?? [])], reply.start);
    client.announce('room', { id: room.id, fresh: [] });
    return true;
}

/** Learns everybody in the room: a sync reply names only those who spoke lately. */
export function loadMembers(client, room) {
    return single(`${room.id} members`, async () => {
        const target = path`/_matrix/client/v3/rooms/${room.id}/members`;
        const reply = await client.request('GET', target).catch(() => null);
        if (!reply) return;
        room.takeMembers(reply.chunk);
        client.announce('room', { id: room.id, fresh: [] });
    });
}

/** One event by itself (the one that a reply quotes), from what is held or from the server; null if it is gone. */
export async function findEvent(client, room, eventId) {
    const held = room.timeline.get(eventId);
    if (held) return held;
    return single(`${room.id} ${eventId} find`, () => client.request(
        'GET', path`/_matrix/client/v3/rooms/${room.id}/event/${eventId}`).catch(() => null));
}
