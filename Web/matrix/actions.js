// What a person can do in a conversation, one function each. All take the client first; sending of messages goes
// through the outbox, everything else is a request that retries by itself.

import { path } from './request.js';

let counter = 0;

function transaction(kind) {
    counter += 1;
    return `${kind}${Date.now().toString(36)}.${counter}.${Math.random().toString(36).slice(2, 8)}`;
}

/** Queues a text; `replyTo` is the event that is answered. */
export function sendText(client, roomId, body, replyTo = null) {
    const content = { msgtype: 'm.text', body };
    if (replyTo) content['m.relates_to'] = { 'm.in_reply_to': { event_id: replyTo.event_id } };
    return client.outbox.add(roomId, content);
}

/** Queues a picture as `shrinkPicture` made it. */
export function sendPicture(client, roomId, picture) {
    const { blob, name, type, width, height } = picture;
    const info = { mimetype: type, size: blob.size, w: width, h: height };
    return client.outbox.add(roomId, { msgtype: 'm.image', body: name, filename: name, info }, { blob });
}

/** Queues a message with cards of items, as `cardOf` made it. */
export function sendCard(client, roomId, content) {
    return client.outbox.add(roomId, content);
}

/** Queues any other file. */
export function sendFile(client, roomId, file) {
    const info = { mimetype: file.type || 'application/octet-stream', size: file.size };
    const content = { msgtype: 'm.file', body: file.name, filename: file.name, info };
    return client.outbox.add(roomId, content, { blob: file });
}

/** Replaces the text of an own message. */
export function editText(client, roomId, event, body) {
    const content = {
        msgtype: 'm.text', body: `* ${body}`, 'm.new_content': { msgtype: 'm.text', body },
        'm.relates_to': { rel_type: 'm.replace', event_id: event.event_id },
    };
    const target = path`/_matrix/client/v3/rooms/${roomId}/send/m.room.message/${transaction('e')}`;
    return client.request('PUT', target, { body: content });
}

export function react(client, roomId, eventId, key) {
    const body = { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key } };
    const target = path`/_matrix/client/v3/rooms/${roomId}/send/m.reaction/${transaction('r')}`;
    return client.request('PUT', target, { body });
}

/** Recalls a message or takes a reaction back. */
export function recall(client, roomId, eventId) {
    const target = path`/_matrix/client/v3/rooms/${roomId}/redact/${eventId}/${transaction('x')}`;
    return client.request('PUT', target, { body: {} });
}

export function markRead(client, roomId, eventId) {
    const target = path`/_matrix/client/v3/rooms/${roomId}/receipt/m.read/${eventId}`;
    return client.request('POST', target, { body: {}, attempts: 3 });
}

export function setMarkedUnread(client, roomId, unread) {
    const target = path`/_matrix/client/v3/user/${client.session.userId}/rooms/${roomId}/account_data/m.marked_unread`;
    return client.request('PUT', target, { body: { unread } });
}

export function setTyping(client, roomId, typing, timeout = 15_000) {
    const target = path`/_matrix/client/v3/rooms/${roomId}/typing/${client.session.userId}`;
    return client.request('PUT', target, { body: typing ? { typing, timeout } : { typing }, attempts: 1 });
}

/** The visitor's conversation with the shop, made if there is none: `{room_id}`. */
export function contactShop(client) {
    return client.request('POST', '/api/v1/contact', { body: {}, attempts: 4 });
}

export function join(client, roomId) {
    return client.request('POST', path`/_matrix/client/v3/rooms/${roomId}/join`, { body: {}, attempts: 3 });
}

export function conversations(client, query) {
    return client.request('GET', '/api/v1/conversations', { query });
}

export function search(client, words, before = null) {
    return client.request('GET', '/api/v1/search', { query: { q: words, before, limit: 20 }, attempts: 1 });
}

/** `{read: [{user, ts}], unread: [user]}`. */
export function readers(client, roomId, eventId) {
    return client.request('GET', path`/api/v1/rooms/${roomId}/events/${eventId}/readers`);
}

export function devices(client) {
    return client.request('GET', '/_matrix/client/v3/devices');
}

/** Ends another session. The server asks for the password first: call again with it and the `session` it named. */
export function endDevice(client, deviceId, password = null, session = null) {
    const body = {};
    if (password !== null) {
        const identifier = { type: 'm.id.user', user: client.session.userId };
        body.auth = { type: 'm.login.password', identifier, password, session };
    }
    return client.request('DELETE', path`/_matrix/client/v3/devices/${deviceId}`, { body, attempts: 1 });
}
