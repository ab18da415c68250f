// The inside of a bubble by message type. Text from outside becomes text nodes and links, never markup.

import { t } from '../language.js';
import { readBusinessCard } from '../matrix/desk.js';
import { readCard } from '../scan/card.js';
import { businessCard } from './business-card.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { itemCards } from './item-cards.js';
import './picture.js';
import { saveMedia } from './viewer.js';

const address = /\bhttps?:\/\/[^\s<>"'`，。；！？、）】」』]+/giu;
const onlyEmoji = /^(?:\p{RGI_Emoji}|\s){1,14}$/v;

/** Text with its web addresses as links. */
export function linked(words) {
    const nodes = [];
    let at = 0;
    for (const found of words.matchAll(address)) {
        const url = found[0].replace(/[.,;:!?)\]]+$/, '');
        nodes.push(words.slice(at, found.index));
        nodes.push(h('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, url));
        at = found.index + url.length;
    }
    nodes.push(words.slice(at));
    return nodes.filter((node) => node !== '');
}

function bytes(count) {
    if (!Number.isFinite(count) || count < 0) return '';
    const units = ['B', 'kB', 'MB', 'GB'];
    const step = Math.min(3, Math.floor(Math.log10(Math.max(count, 1)) / 3));
    return `${(count / 1000 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}

function textBody(content) {
    const words = String(content.body ?? '').slice(0, 60_000);
    const big = onlyEmoji.test(words) && [...words].length <= 14;
    return h('div', { class: big ? 'text is-emoji' : 'text', dir: 'auto' }, linked(words));
}

function pictureBody(item, client) {
    const picture = document.createElement('vt-picture');
    const name = String(item.content.filename ?? item.content.body ?? t('picture')).slice(0, 200);
    const blob = item.entry?.local?.blob;
    const source = item.content.url ? { mxc: item.content.url } : { blob };
    picture.configure({ client, source, info: item.content.info, name });
    if (!item.content.url && !blob && item.entry) {
        client.outbox.fileOf(item.entry).then((kept) => {
            if (kept) picture.configure({ client, source: { blob: kept }, info: item.content.info, name });
        });
    }
    // The page decides what "find this" does; an address is there once the picture was sent.
    const find = h('button', { type: 'button', class: 'find-this' }, icon('scan'), h('span', { t: 'find_this' }));
    find.addEventListener('click', () => {
        const media = find.closest('vt-message')?.item.content.url;
        if (media) find.dispatchEvent(new CustomEvent('vt-find', { bubbles: true, detail: { media } }));
    });
    return h('div', { class: 'picture-body' }, picture, find, lookAround(item.content), asCard(item.content));
}

const shareOf = (content) => {
    const { share } = content['shop.vitrine.panorama'] ?? {};
    return typeof share === 'string' && /^[\w-]{16,64}$/.test(share) ? share : null;
};

/** A panorama as a card of the service desk; only its console shows the button. */
function asCard(content) {
    const share = shareOf(content);
    if (!share) return null;
    const button = h('button', { type: 'button', class: 'find-this card-this' }, icon('send'), h('span', { t: 'send_as_card' }));
    button.addEventListener('click', () => button.dispatchEvent(new CustomEvent('vt-panorama-card', { bubbles: true, detail: { share } })));
    return button;
}

/** The link into a panorama whose picture this is. */
function lookAround(content) {
    const share = shareOf(content);
    if (!share) return null;
    const { group } = content['shop.vitrine.panorama'];
    const query = new URLSearchParams({ share, group: String(Number.isInteger(group) ? group : 1) });
    return h('a', { class: 'look-around', href: `/panorama?${query}`, target: '_blank', rel: 'noopener' }, icon('eye'), h('span', { t: 'look_around' }));
}

function fileBody(item, client) {
    const name = String(item.content.filename ?? item.content.body ?? '').slice(0, 200);
    const mxc = item.content.url;
    return h('button', {
        type: 'button', class: 'file', 'aria-label': t('download_file', { name }), disabled: !mxc,
        on: { click: () => saveMedia(client, mxc, name) },
    }, icon('file'), h('span', { class: 'file-name', dir: 'auto' }, name),
    h('span', { class: 'file-size' }, bytes(item.content.info?.size)));
}

/** The body of `item`, new. */
export function bodyOf(item, client) {
    if (item.redacted) return h('div', { class: 'text is-recalled', t: item.mine ? 'recalled_own' : 'recalled' });
    const business = item.event ? readBusinessCard(item.content) : null;
    if (business) return businessCard(item, business, client);
    switch (item.content.msgtype) {
    case 'm.image': return pictureBody(item, client);
    case 'm.file': case 'm.audio': case 'm.video': return fileBody(item, client);
    default: {
        const card = readCard(item.content);
        return card ? itemCards(card) : textBody(item.content);
    }
    }
}

/** One line that stands for a message: in lists, quotes and announcements. */
export function summaryOf(content, redacted) {
    if (redacted) return t('recalled');
    if (content?.msgtype === 'm.image') return t('summary_picture');
    const words = String(content?.body ?? '').replace(/\s+/g, ' ').slice(0, 200);
    return ['m.file', 'm.audio', 'm.video'].includes(content?.msgtype) ? t('summary_file', { name: words }) : words;
}
