// The middle: one conversation with its header, timeline and composer.

import { clock } from '../dates.js';
import { t } from '../language.js';
import { editText, sendFile, sendPicture, sendText, setMarkedUnread } from '../matrix/actions.js';
import { loadMembers } from '../matrix/history.js';
import { avatarOf } from '../parts/avatar.js';
import { iconButton } from '../parts/buttons.js';
import '../parts/composer.js';
import { h, setText } from '../parts/dom.js';
import { answerMessages } from '../parts/message-actions.js';
import { ReadMarker } from '../parts/read-marker.js';
import '../parts/timeline-view.js';
import { toast } from '../parts/toast.js';
import { TypingLine, TypingSender } from '../parts/typing.js';
import { panoramaEntries } from '../panorama/from-messages.js';
import { findAndChoose } from '../scan/dialog.js';
import { findEntries } from '../scan/find.js';
import { showReaders } from './readers.js';

export class Conversation {
    #room = null;

    /** `titleOf(roomId)`; `close()` leaves the conversation; `toggleInfo()` shows or hides the side panel. */
    constructor(client, inbox, { close, toggleInfo }) {
        this.client = client;
        this.inbox = inbox;
        this.close = close;
        this.timeline = document.createElement('vt-timeline');
        this.composer = document.createElement('vt-composer');
        this.typingLine = new TypingLine();
        this.typing = new TypingSender(client);
        this.title = h('h2', { class: 'room-title', dir: 'auto', tabindex: -1 });
        this.face = avatarOf({ id: '', name: '·' });
        this.infoButton = iconButton('info', 'customer_info', toggleInfo);
        const header = h('header', { class: 'room-header' },
            iconButton('back', 'back', close, { className: 'room-back' }), this.face, this.title,
            iconButton('unread', 'mark_unread', () => this.markUnread()), this.infoButton,
            iconButton('close', 'close_conversation', close, { className: 'room-close' }));
        this.element = h('section', { class: 'room', label: 'conversation', hidden: true },
            header, this.timeline, this.typingLine.element, this.composer);
        this.#wire();
    }

    get roomId() {
        return this.#room?.id ?? null;
    }

    #wire() {
        const { client, timeline, composer } = this;
        composer.configure({ takesFiles: true });
        timeline.configure(client, {
            client, showsFaces: true, showNotices: true, personOf: (user) => this.#personOf(user),
            readLine: (item) => this.#readLine(item), startLine: () => t('conversation_start'),
        });
        this.reading = new ReadMarker(client, timeline, (id) => this.inbox.foresee(id, { unread: 0, highlight: 0 }));
        client.addEventListener('rooms', () => this.#refresh());
        this.inbox.addEventListener('changed', () => this.#refresh());
        document.addEventListener('vitrine:language', () => this.#refresh());
        const tools = () => this.inbox.tools?.(this.roomId) ?? null;
        const find = (media) => findAndChoose(client, this.roomId, media, tools());
        timeline.addEventListener('vt-panorama-card', ({ detail }) => tools()?.panorama(detail.share));
        timeline.addEventListener('vt-find', ({ detail }) => find(detail.media));
        answerMessages(client, timeline, (item) => ({
            composer, canEdit: true,
            extra: [...findEntries(item, find), ...panoramaEntries(item, client, () => this.roomId, () => timeline.items),
                { icon: 'eye', t: 'who_read', action: () => showReaders(client, this.#room, item.event) }],
        }));
        composer.addEventListener('vt-send', ({ detail }) => this.#send(detail));
        composer.addEventListener('vt-typing', ({ detail }) => this.typing.set(this.roomId, detail.typing));
        composer.addEventListener('vt-edit-last', () => this.#editLast());
    }

    /** Opens `roomId`, at `eventId` if one is given. */
    async open(roomId, { eventId = null } = {}) {
        const isOther = this.roomId !== roomId;
        const conversation = this.inbox.get(roomId);
        if (isOther) {
            this.#room = this.client.room(roomId);
            const own = this.#room.receipts.get(this.#room.ownUser)?.eventId ?? null;
            this.element.hidden = false;
            this.composer.openDraft(roomId);
            this.timeline.open(this.#room, { unreadAfter: conversation?.unread > 0 ? own : null });
            loadMembers(this.client, this.#room);
        }
        if (conversation?.marked_unread) this.#setMarked(false);
        this.#refresh();
        if (eventId && !await this.timeline.showEvent(eventId)) toast('message_gone');
        else if (!eventId) this.composer.offerFocus();
    }

    shut() {
        this.typing.set(this.roomId, false);
        this.#room = null;
        this.element.hidden = true;
        this.timeline.open(null);
    }

    async markUnread() {
        if (!this.#room) return;
        this.reading.forget(this.roomId);
        this.#setMarked(true);
        this.close();
    }

    #setMarked(unread) {
        const id = this.roomId;
        this.inbox.foresee(id, { marked_unread: unread });
        setMarkedUnread(this.client, id, unread).catch(() => toast('mark_failed'));
    }

    #refresh() {
        if (!this.#room) return;
        const known = this.inbox.get(this.roomId);
        const name = this.inbox.titleOf(this.roomId) ?? '…';
        setText(this.title, name);
        this.face.show({ id: this.roomId, name, avatar: known?.avatar ?? this.#room.avatar, client: this.client });
        this.typingLine.show([...this.#room.typing].map((user) => this.#personOf(user).name));
    }

    // Colleagues know each other by name where customers see the shop alone.
    #personOf(user) {
        return this.inbox.personOf?.(this.#room, user) ?? this.#room.member(user);
    }

    #readLine(item) {
        const readers = this.#room.readersOf(item.event).sort((a, b) => a.ts - b.ts);
        if (readers.length === 0) return null;
        const names = readers.slice(0, 3).map(({ user }) => this.#personOf(user).name).join(', ');
        const more = readers.length > 3 ? ` +${readers.length - 3}` : '';
        return t('read_by', { names: names + more, time: readers[0].ts ? clock(readers[0].ts) : '' });
    }

    async #send({ text, parts, mode }) {
        const { client, roomId } = this;
        if (mode?.kind === 'edit') {
            if (text === '' || text === mode.words) return;
            await editText(client, roomId, mode.event, text).catch(() => toast('edit_failed'));
            return;
        }
        this.timeline.keeper.toEnd();
        for (const part of parts) {
            if (part.picture) await sendPicture(client, roomId, part.picture);
            else await sendFile(client, roomId, part.file);
        }
        if (text) await sendText(client, roomId, text, mode?.kind === 'reply' ? mode.event : null);
    }

    #editLast() {
        const last = this.timeline.items?.findLast((item) => item.kind === 'message' && item.mine && item.event
            && !item.redacted && item.content.msgtype === 'm.text');
        if (last) this.composer.setMode({ kind: 'edit', event: last.event, words: String(last.content.body ?? '') });
    }
}
