// The page's connection: the session of the staff's page, and requests. Nothing is synchronised here.

import { request } from '../matrix/request.js';
import { Session } from '../matrix/session.js';

export class Office extends EventTarget {
    session = new Session('agent');

    async login(user, password, deviceName) {
        const body = {
            type: 'm.login.password', identifier: { type: 'm.id.user', user }, password,
            initial_device_display_name: deviceName,
        };
        this.session.begin(await request(null, 'POST', '/_matrix/client/v3/login', { body }));
    }

    /** Any authorised request; the end of the session is noticed here. */
    async request(method, target, options) {
        try {
            return await request(this.session.token, method, target, options);
        } catch (error) {
            if (error.isSessionOver) {
                this.session.forget();
                this.dispatchEvent(new Event('over'));
            }
            throw error;
        }
    }
}
