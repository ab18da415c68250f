// What the pages of the shop's people share: the login, the head with links, the catalogue that is meant. A page is a
// custom element made by `definePage`; its body is drawn once somebody is logged in.

import { addText, t } from '../language.js';
import { h } from '../parts/dom.js';
import { mark } from '../parts/icons.js';
import { languageButton, themeButton } from '../parts/preferences.js';
import { Api } from './api.js';
import { StaffEntrance } from './entrance.js';
import { text } from './text.js';

addText(text);

const pages = [['/agent', 'staff_desk'], ['/desk', 'staff_console'], ['/review', 'review_title'], ['/label', 'label_title'],
    ['/catalogue-health', 'health_title'], ['/panorama', 'panorama_title'], ['/supervisor', 'board_title'],
    ['/desk/settings', 'staff_settings']];

function links(here) {
    return h('nav', { class: 'staff-links', label: 'staff_pages' }, pages.map(([address, name]) => h('a', {
        href: address, t: name, 'aria-current': address === here ? 'page' : null,
    })));
}

/** Words of an error for a person: the server says what to do; without a server the page does. */
export function sentence(error) {
    return error?.name === 'NetworkError' ? t('staff_no_network') : error?.message ?? t('staff_failed');
}

class StaffPage extends StaffEntrance {
    connectedCallback() {
        document.title = t(this.page.title);
        document.addEventListener('vitrine:language', () => { document.title = t(this.page.title); });
        document.addEventListener('vitrine:shop', ({ detail }) => this.#turnTo('shop', detail.shop, '#queues'));
        super.connectedCallback();
    }

    async work() {
        const api = new Api(this.client, new URL(window.location).searchParams.get('catalogue'));
        const tools = h('div', { class: 'staff-tools' }, languageButton(), themeButton());
        const main = h('main', { class: 'staff-main' }, h('p', { class: 'staff-waiting quiet', t: 'loading' }));
        const here = links(this.page.address);
        this.replaceChildren(h('div', { class: 'staff-window' },
            h('header', { class: 'staff-head' }, h('a', { class: 'staff-home', href: '/agent', label: 'staff_desk' }, mark()),
                h('h1', { class: 'staff-title', t: this.page.title }), here, tools), main));
        here.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
        if (this.page.needsNoCatalogue) {
            if (this.page.needsShop) await this.#settleShop(tools);
            main.replaceChildren();
            this.view?.end?.();
            this.view = this.page.open(main, api);
            return;
        }
        try {
            const { catalogues } = await this.client.request('GET', '/api/v1/catalogues');
            api.settle(catalogues);
            if (catalogues.length > 1) tools.prepend(this.#choice(api, catalogues));
            main.replaceChildren();
            this.view?.end?.();
            if (catalogues.length) this.view = this.page.open(main, api);
            else main.append(this.#empty());
        } catch (error) {
            main.replaceChildren(h('section', { class: 'staff-note' }, h('h2', { t: 'staff_cannot' }), h('p', {}, sentence(error)),
                h('button', { type: 'button', class: 'button', t: 'try_again', on: { click: () => this.work() } }),
                h('button', { type: 'button', class: 'link', t: 'log_out', on: { click: () => this.client.logout() } })));
        }
    }

    #choice(api, catalogues) {
        return this.#chooser('catalogue', 'staff_catalogue', catalogues.map((name) => [name, name]), api.catalogue);
    }

    /** A choice that the address keeps. */
    #chooser(name, label, options, value) {
        const choice = h('select', { class: 'input staff-catalogue', label }, options.map(([key, words]) => h('option', { value: key }, words)));
        choice.value = value;
        choice.addEventListener('change', () => this.#turnTo(name, choice.value));
        return choice;
    }

    /** Draws the page anew about another catalogue or shop. */
    #turnTo(name, value, hash = window.location.hash) {
        const address = new URL(window.location);
        address.searchParams.set(name, value);
        address.hash = hash;
        window.history.replaceState(null, '', address);
        this.work();
    }

    /** Which of the shops that one may set up the page is about: that of the address, else the first. */
    async #settleShop(tools) {
        try {
            const shops = (await this.client.request('GET', '/api/v1/desk/shops')).shops.filter((each) => each.manages);
            const wished = Number(new URL(window.location).searchParams.get('shop'));
            this.client.shop = (shops.find((each) => each.shop === wished) ?? shops[0])?.shop ?? null;
            if (shops.length > 1) tools.prepend(this.#chooser('shop', 'staff_shop', shops.map((each) => [each.shop, each.name]), this.client.shop));
        } catch {
            // The page's own first question says what is wrong.
            this.client.shop = null;
        }
    }

    #empty() {
        return h('section', { class: 'staff-note' }, h('h2', { t: 'staff_no_catalogue' }), h('p', { t: 'staff_no_catalogue_text' }),
            h('pre', { class: 'staff-command' }, h('code', {}, 'vitrine catalogue import goods.csv --catalogue shop')));
    }

    leave() {
        this.view?.end?.();
        this.view = null;
    }
}

/**
 * Defines the element of a page. `page`: `title` (text key), `address`, `open(main, api)` answering a view with `end()`, and
 * `needsNoCatalogue` for one that is about something else, `needsShop` for one that is about one of several shops.
 */
export function definePage(name, page) {
    customElements.define(name, class extends StaffPage {
        get page() {
            return page;
        }
    });
}
