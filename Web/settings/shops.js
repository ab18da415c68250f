// The shops of this server: brands with customers, queues, people and numbers of their own.

import { t } from '../language.js';
import { deskGet, deskPost, deskPut } from '../matrix/desk.js';
import { h } from '../parts/dom.js';
import { field, openForm, textInput } from './form.js';
import { Section } from './section.js';

export class Shops extends Section {
    constructor(setup) {
        super(setup, 'shops', setup.isAdmin ? () => this.edit(null) : null);
    }

    async fetch() {
        this.shops = (await deskGet(this.client, 'shops')).shops;
    }

    rows() {
        return this.shops.map((shop) => this.row(shop.name, {
            data: { shop: shop.shop }, tags: [[t('settings_shop_number', { n: shop.shop })], ...(shop.open ? [] : [[t('settings_shop_empty'), 'is-quiet']])],
            lines: [h('p', { class: 'quiet' }, h('code', {}, `data-shop="${shop.shop}"`))],
            buttons: [['settings_shop_choose', () => this.#choose(shop.shop)],
                ...(this.setup.isAdmin && shop.shop !== 1 ? [['settings_edit', () => this.edit(shop)]] : [])],
        }));
    }

    #choose(number) {
        document.dispatchEvent(new CustomEvent('vitrine:shop', { detail: { shop: number } }));
    }

    edit(shop) {
        const name = textInput(shop?.name, { required: true, maxlength: 100 });
        openForm(shop ? 'settings_shop_edit' : 'settings_shop_new', [field('settings_name', name, 'settings_shop_name_help')], async () => {
            if (shop) {
                await deskPut(this.client, `shops/${shop.shop}`, { name: name.value.trim() });
                await this.load();
            } else {
                this.#choose((await deskPost(this.client, 'shops', { name: name.value.trim() })).shop);
            }
        }, { className: 'is-small' });
    }
}
