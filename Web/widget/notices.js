// Being told of an answer while looking elsewhere: the count in the title and on the shop's button, and a soft sound that
// can be turned off.

import { chime } from '../parts/chime.js';
import { setTitleCount } from '../parts/title-badge.js';
import { readItem, writeItem } from '../matrix/storage.js';

export class WidgetNotices {
    #unread = 0;

    /** `tell(message)` reaches the page around. */
    constructor(tell) {
        this.tell = tell;
        this.sound = readItem('widget.sound') !== false;
    }

    setSound(on) {
        this.sound = on;
        writeItem('widget.sound', on);
        if (on) chime();
    }

    /** Somebody of the shop has spoken; `seen` where the visitor looks on. */
    spoken(count, seen) {
        if (seen) return;
        this.#count(Math.max(count, 1));
        if (this.sound) chime();
    }

    read() {
        if (this.#unread) this.#count(0);
    }

    #count(count) {
        this.#unread = count;
        setTitleCount(count);
        this.tell({ vitrine: 'unread', count });
    }
}
