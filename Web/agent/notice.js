// Being told of new messages while looking elsewhere: a number in the title, and a soft sound for who wants it.

import { isSpeech } from '../matrix/event.js';
import { readItem, writeItem } from '../matrix/storage.js';
import { chime } from '../parts/chime.js';
import { setTitleCount } from '../parts/title-badge.js';

export class Notices {
    constructor(client, inbox) {
        this.sound = readItem('sound') === true;
        inbox.addEventListener('changed', () => setTitleCount(inbox.unreadTotal));
        client.addEventListener('room', ({ detail }) => {
            const isNew = detail.fresh.some((event) => isSpeech(event) && event.sender !== client.session.userId);
            if (isNew && this.sound && client.sync.state === 'online' && !document.hasFocus()) chime();
        });
    }

    /** Turns the sound on (and plays it once, so that one knows it) or off. */
    setSound(on) {
        this.sound = on;
        writeItem('sound', on);
        if (on) chime();
    }
}
