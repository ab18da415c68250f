// A visitor's account and conversation, made when they are first needed.

import { t } from '../language.js';
import { contactShop } from '../matrix/actions.js';
import { Client } from '../matrix/client.js';

// A number tells two visitors apart; the language of the word tells the shop which one they read.
function visitorName() {
    return t('visitor_name', { n: String(Math.floor(1000 + Math.random() * 9000)) });
}

export class Visit {
    #opening = null;
    #started = false;

    constructor() {
        this.client = new Client('customer', { roomOf: () => this.#ensureRoom() });
        this.client.addEventListener('over', () => {
            this.#started = false;
            this.client.reset();
        });
    }

    get roomId() {
        return this.client.session.roomId;
    }

    get room() {
        return this.roomId ? this.client.room(this.roomId) : null;
    }

    /** Goes on with an earlier visit, or with messages that were written before a reload. */
    async resume() {
        if (this.roomId) await this.#start();
        else this.client.outbox.pump();
    }

    /** Ends the visit for good: the account's token is given up and nothing is kept in this browser. */
    forget() {
        return this.client.logout();
    }

    #ensureRoom() {
        this.#opening ??= this.#open().finally(() => { this.#opening = null; });
        return this.#opening;
    }

    /** Makes the visitor's account if there is none. */
    async ensureAccount() {
        if (!this.client.session.isOpen) await this.client.openAnonymous(visitorName());
    }

    async #open() {
        const { client } = this;
        await this.ensureAccount();
        if (!client.session.roomId) client.session.rememberRoom((await contactShop(client)).room_id);
        await this.#start();
        return client.session.roomId;
    }

    async #start() {
        if (this.#started) return;
        this.#started = true;
        await this.client.start();
        this.client.announce('started');
    }
}
