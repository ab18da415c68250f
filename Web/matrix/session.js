// Who this browser is to the server: user, device and token, kept between visits under the page's own name, so that
// the shop's staff page and a customer page in one browser never share an account.

import { readItem, removeItem, writeItem } from './storage.js';

export class Session {
    constructor(page) {
        this.page = page;
        this.forget({ stored: false });
        const kept = readItem(`session.${page}`);
        if (typeof kept?.token === 'string' && typeof kept?.userId === 'string') Object.assign(this, kept);
    }

    get isOpen() {
        return this.token !== null;
    }

    /** Takes the reply of a login or of `POST /api/v1/anonymous`. */
    begin(reply) {
        this.userId = reply.user_id;
        this.deviceId = reply.device_id;
        this.token = reply.access_token;
        this.save();
    }

    /** Keeps `roomId` (a visitor's only conversation) with the session. */
    rememberRoom(roomId) {
        this.roomId = roomId;
        this.save();
    }

    save() {
        const { userId, deviceId, token, roomId } = this;
        writeItem(`session.${this.page}`, { userId, deviceId, token, roomId });
    }

    forget({ stored = true } = {}) {
        this.userId = null;
        this.deviceId = null;
        this.token = null;
        this.roomId = null;
        if (stored) removeItem(`session.${this.page}`);
    }
}
