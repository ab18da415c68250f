// Being told of new messages while looking elsewhere: a number in the title, and a soft sound for who wants it.

import { isSpeech } from '../matrix/event.js';
import { readItem, writeItem } from '../matrix/storage.js';
import { setTitleCount } from '../parts/title-badge.js';

let context = null;

function beep() {
    context ??= new AudioContext();
    context.resume();
    const now = context.currentTime;
    for (const [index, frequency] of [659.3, 880].entries()) {
        const tone = context.createOscillator();
        const volume = context.createGain();
        const start = now + index * 0.13;
        tone.frequency.value = frequency;
        volume.gain.setValueAtTime(0.0001, start);
        volume.gain.exponentialRampToValueAtTime(0.12, start + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.28);
        tone.connect(volume).connect(context.destination);
        tone.start(start);
        tone.stop(start + 0.3);
    }
}

export class Notices {
    constructor(client, inbox) {
        this.sound = readItem('sound') === true;
        inbox.addEventListener('changed', () => setTitleCount(inbox.unreadTotal));
        client.addEventListener('room', ({ detail }) => {
            const isNew = detail.fresh.some((event) => isSpeech(event) && event.sender !== client.session.userId);
            if (isNew && this.sound && client.sync.state === 'online' && !document.hasFocus()) beep();
        });
    }

    /** Turns the sound on (and plays it once, so that one knows it) or off. */
    setSound(on) {
        this.sound = on;
        writeItem('sound', on);
        if (on) beep();
    }
}
