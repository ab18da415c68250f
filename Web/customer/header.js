// The sign over the door: who one talks to, and the page's few settings.

import { t } from '../language.js';
import { avatarOf } from '../parts/avatar.js';
import { menuButton } from '../parts/buttons.js';
import { h, setText } from '../parts/dom.js';
import { icon } from '../parts/icons.js';
import { openMenu } from '../parts/menu.js';
import { languageButton, themeButton } from '../parts/preferences.js';

export class ShopHeader {
    /**
     * `forget()` is called when the visitor wants this browser to forget the conversation, `named()` when the name of
     * the shop has come.
     */
    constructor(client, forget, named) {
        this.client = client;
        this.shop = null;
        this.face = avatarOf({ id: 'shop', name: 'Vitrine', isShop: true });
        this.name = h('h1', { class: 'shop-name', dir: 'auto' });
        const entries = [{ icon: 'trash', t: 'forget_chat', danger: true, action: forget }];
        this.more = menuButton('more', 'more', (button) => openMenu(button, entries, 'more'));
        this.element = h('header', { class: 'shop-header' }, this.face,
            h('div', { class: 'shop-title' }, this.name, h('p', { class: 'shop-line', t: 'shop_line' })),
            h('div', { class: 'shop-tools' },
                h('a', { class: 'icon-button', href: '/scan', label: 'scan_title', tip: 'scan_title' }, icon('scan')),
                languageButton(), themeButton(), this.more));
        document.addEventListener('vitrine:language', () => this.show(this.room));
        this.show(null);
        this.#askName(named);
    }

    // Before the first message there is no room that tells whose shop this is.
    async #askName(named) {
        try {
            const reply = await fetch('/api/v1/shop');
            if (!reply.ok) return;
            const { name } = await reply.json();
            if (typeof name !== 'string' || !name.trim()) return;
            this.shop = name.trim();
            this.show(this.room);
            named();
        } catch {
            // The general name stands as well.
        }
    }

    /** Shows the name and picture of `room`'s shop; before there is a room the server's word, or a general name. */
    show(room) {
        this.room = room;
        const name = room?.stateEvent('m.room.name')?.content.name;
        this.title = typeof name === 'string' && name.trim() ? name.trim() : this.shop ?? t('the_shop');
        setText(this.name, this.title);
        const avatar = room?.avatar ?? null;
        this.face.show({ id: 'shop', name: this.title, avatar, client: this.client, isShop: true });
        this.more.hidden = room === null;
    }
}
