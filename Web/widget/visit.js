// A visitor's account and conversation at the service desk: made with the first message, kept through a login.

import { t } from '../language.js';
import { Client } from '../matrix/client.js';
import { deskGet, deskPost } from '../matrix/desk.js';
import { request } from '../matrix/request.js';

function visitorName() {
    return t('visitor_name', { n: String(Math.floor(1000 + Math.random() * 9000)) });
}

export class DeskVisit extends EventTarget {
    #opening = null;
    #entering = null;
    #started = false;

    constructor(scene) {
        super();
        this.scene = scene;
        this.conversation = null;
        // Visits to two shops of one server are two: accounts, rooms and what is not sent yet.
        this.place = scene.shop > 1 ? `widget-${scene.shop}` : 'widget';
        this.client = new Client(this.place, { roomOf: () => this.#ensureRoom() });
        this.client.addEventListener('over', () => {
            this.#started = false;
            this.conversation = null;
            this.client.reset();
        });
        this.client.addEventListener('room', ({ detail }) => {
            if (detail.id === this.roomId) this.refresh();
        });
    }

    get roomId() {
        return this.client.session.roomId;
    }

    get room() {
        return this.roomId ? this.client.room(this.roomId) : null;
    }

    /** Whether the visitor has an account with a name and a password. */
    get isKnown() {
        return this.client.session.isOpen && !this.client.session.userId.startsWith('@v.');
    }

    async resume() {
        if (this.roomId) await this.#start();
        else this.client.outbox.pump();
    }

    forget() {
        return this.client.logout();
    }

    #ensureRoom() {
        this.#opening ??= this.#open().finally(() => { this.#opening = null; });
        return this.#opening;
    }

    /** The scene is told each time, so that dispatch knows from where somebody comes back. */
    async #open() {
        const { client, scene } = this;
        const token = await this.#register();
        const opened = await deskPost(client, 'conversations', { scene: token, topic: scene.topic });
        this.#take(opened);
        client.session.rememberRoom(opened.room_id);
        await this.#start();
        return opened.room_id;
    }

    /** Tells from where this visitor comes; the account is made with it. */
    async #register() {
        const { client, scene } = this;
        this.#entering ??= client.session.isOpen ? null : client.openAnonymous(visitorName(), scene.shop).finally(() => { this.#entering = null; });
        await this.#entering;
        const body = { entry: scene.entry, params: {}, ...(scene.shop ? { shop: scene.shop } : {}) };
        if (scene.item) body.item = scene.item;
        if (scene.language) body.language = scene.language;
        return (await deskPost(client, 'scenes', body)).scene;
    }

    async #start() {
        if (this.#started) return;
        this.#started = true;
        await this.#learnIds();
        await this.client.start();
        this.client.announce('started');
        this.refresh();
    }

    // What was said before the login was said by the same person.
    async #learnIds() {
        try {
            const { ids } = await deskGet(this.client, 'me');
            for (const id of ids ?? []) this.client.also.add(id);
        } catch {
            // Only the looks of older messages depend on it.
        }
    }

    #take(conversation) {
        this.conversation = conversation;
        this.dispatchEvent(new Event('changed'));
    }

    /** Asks where the conversation of this room stands. */
    async refresh() {
        if (!this.client.session.isOpen || !this.roomId) return;
        try {
            const { conversations } = await deskGet(this.client, 'conversations');
            const mine = conversations.find((each) => each.room_id === this.roomId);
            if (mine) this.#take(mine);
        } catch {
            // The next event asks again.
        }
    }

    // MARK: Greetings

    /**
     * Asks whether the shop greets this visitor, now or in a while; `greet(words)` shows it. The shop's rules decide, and it
     * counts the time from the first asking. Nobody who talks already is greeted.
     */
    async listenForGreeting(greet) {
        if (this.roomId) return;
        try {
            const token = await this.#register();
            for (let tries = 0; tries < 5 && !this.roomId; tries += 1) {
                const { greeting, again_ms: rest } = await deskPost(this.client, 'scenes/greeting', { scene: token });
                if (greeting) greet(greeting);
                if (greeting || !rest) return;
                await new Promise((resolve) => { setTimeout(resolve, Math.min(rest, 600_000) + 200); });
            }
        } catch {
            // A shop without greetings, or no network: the visitor was not to notice anything.
        }
    }

    // MARK: Becoming known

    /**
     * Logs in, or makes an account, and goes on as the same person: the visitor's token proves that both are one. The room
     * stays, and so does everything in it.
     */
    async become(name, password, isNew) {
        const { client } = this;
        const visitor = client.session.isOpen ? { token: client.session.token, room: this.roomId } : null;
        const reply = await request(null, 'POST', `/_matrix/client/v3/${isNew ? 'register' : 'login'}`, {
            body: isNew ? { username: name, password, auth: { type: 'm.login.dummy' } }
                : { type: 'm.login.password', identifier: { type: 'm.id.user', user: name }, password },
        });
        client.holdSession();
        try {
            if (visitor) await this.#join(reply, visitor);
            else await this.#refuseOther(reply);
        } catch (error) {
            if (visitor) client.resumeSession();
            throw error;
        }
        await client.replaceSession(reply);
        this.#started = false;
        if (visitor?.room) client.session.rememberRoom(visitor.room);
        else await this.#findRoom();
        if (this.roomId) await this.#start();
    }

    async #join(reply, visitor) {
        const body = { anonymous_token: visitor.token };
        try {
            await request(reply.access_token, 'POST', '/api/v1/desk/persons/merge', { body });
        } catch (error) {
            // Somebody who was joined before goes on all the same.
            if (error.body?.reason !== 'already_linked') throw error;
        }
    }

    /** An account that is another brand's customer says nothing here. */
    async #refuseOther(reply) {
        const { shop } = await request(reply.access_token, 'GET', '/api/v1/desk/me');
        if (!shop || shop.shop === (this.scene.shop ?? 1)) return;
        await request(reply.access_token, 'POST', '/_matrix/client/v3/logout', { body: {} });
        throw new Error(t('become_other_shop', { shop: shop.name }));
    }

    async #findRoom() {
        const { conversations } = await deskGet(this.client, 'conversations');
        const open = conversations.find((each) => each.topic === this.scene.topic && each.status !== 'resolved');
        if (open) this.client.session.rememberRoom(open.room_id);
    }

    rate(stars) {
        return deskPost(this.client, `conversations/${this.conversation.number}/rate`, { stars });
    }
}
