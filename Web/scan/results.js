// The answer of a scan: a sentence, the very item, what is like it, how it was found, and what a person thinks of it.

import { counted, t } from '../language.js';
import { h } from '../parts/dom.js';
import { icon } from '../parts/icons.js';
import { orderAddress, pictureOf, priceRange, priceText, stockText } from './offers.js';
import { howFound } from './how.js';

const words = {
    sameItem: 'scan_same', similarOnly: 'scan_similar_only', uncalibrated: 'scan_alike', nothing: 'scan_nothing',
};

/** The sentence over an answer: `{title, text}`. */
export function verdictWords(answer) {
    const title = t(answer.reason === 'not_sure' ? words.uncalibrated : words[answer.verdict] ?? 'scan_nothing');
    const hasReason = answer.reason && answer.verdict !== 'sameItem' && answer.verdict !== 'uncalibrated';
    return { title, text: hasReason ? t(`scan_reason_${answer.reason}`) : '' };
}

function button(shape, name, action) {
    return h('button', { type: 'button', class: 'button is-small scan-act', on: { click: action } },
        icon(shape), h('span', { t: name }));
}

function offerRow(offer) {
    const address = orderAddress(offer);
    return h('li', { class: 'scan-offer' },
        h('span', { class: 'scan-seller', dir: 'auto' }, offer.seller || t('the_shop')),
        h('span', { class: 'scan-offer-price' }, priceText(offer.price, offer.currency)),
        address ? h('a', { class: 'scan-order', href: address, target: '_blank', rel: 'noopener noreferrer', t: 'scan_order' })
            : null);
}

/** A card of `group`; `hooks`: `similar(offer)` and `share(group)`, each may be missing. */
export function groupCard(group, hooks, { isBest = false } = {}) {
    const [first] = group.offers;
    const title = first?.title || group.sku;
    const picture = h('img', { class: 'scan-shot', alt: '', loading: 'lazy', decoding: 'async' });
    picture.addEventListener('error', () => picture.classList.add('is-missing'));
    if (first) picture.src = pictureOf(first);
    const sellers = new Set(group.offers.map(({ seller }) => seller)).size;
    const order = group.offers.length === 1 ? orderAddress(first) : null;
    return h('article', { class: `scan-group${isBest ? ' is-best' : ''}` },
        h('div', { class: 'scan-shot-frame' }, picture),
        h('div', { class: 'scan-group-text' },
            h('h3', { class: 'scan-group-title', dir: 'auto' }, title),
            h('p', { class: 'scan-price' }, priceRange(group.offers)),
            h('p', { class: 'quiet' },
                [sellers > 1 ? counted('scan_sellers', sellers) : first?.seller, stockText(group.offers)]
                    .filter(Boolean).join(' · ')),
            group.offers.length > 1 ? h('ul', { class: 'scan-offers' }, group.offers.map(offerRow)) : null,
            h('div', { class: 'scan-acts' },
                order ? h('a', {
                    class: 'button is-small is-primary', href: order, target: '_blank', rel: 'noopener noreferrer',
                }, icon('cart'), h('span', { t: 'scan_order' })) : null,
                hooks.share ? button('chat', hooks.shareWords ?? 'scan_ask_about', () => hooks.share(group)) : null,
                hooks.similar && first ? button('search', 'scan_more_like', () => hooks.similar(first)) : null)));
}

function section(title, groups, hooks, best) {
    if (groups.length === 0) return null;
    return h('section', { class: 'scan-section' }, title ? h('h2', { class: 'section-title', t: title }) : null,
        h('div', { class: 'scan-groups' }, groups.map((group, place) => groupCard(group, hooks, { isBest: best && place === 0 }))));
}

/** The whole answer as elements; `feedback` asks what a person thinks, `watch` whether to wait for the very item. */
export function resultsOf(answer, hooks, feedback, watch = null) {
    const { title, text } = verdictWords(answer);
    const isSame = answer.verdict === 'sameItem';
    return [
        h('div', { class: `scan-verdict is-${isSame ? 'same' : 'other'}` },
            icon(isSame ? 'check' : answer.verdict === 'nothing' ? 'info' : 'search'),
            h('div', {}, h('h2', { class: 'scan-verdict-title', tabindex: -1 }, title),
                text ? h('p', { class: 'quiet' }, text) : null)),
        codeOf(answer),
        section(null, answer.groups, hooks, true),
        section(isSame ? 'scan_similar' : null, answer.similar, hooks, !isSame),
        watch,
        readings(answer),
        answer.verdict === 'nothing' && answer.similar.length === 0 ? null : feedback,
        howFound(answer),
    ].filter(Boolean);
}

/** What a QR code in the picture says; an address can be opened, and its host is shown before. */
function codeOf({ qr }) {
    if (!qr) return null;
    const address = /^https?:\/\//i.test(qr) && URL.canParse(qr) ? new URL(qr) : null;
    return h('section', { class: 'scan-code', label: 'scan_qr' },
        icon('code'), h('div', { class: 'scan-code-text' }, h('p', { class: 'quiet', t: 'scan_qr' }),
            h('p', { class: 'scan-code-words', dir: 'auto' }, qr)),
        address ? h('a', {
            class: 'button is-small', href: address.href, target: '_blank', rel: 'noopener noreferrer nofollow',
        }, t('scan_qr_open', { host: address.host })) : null);
}

function readings({ encyclopedia, articles }) {
    const addressOf = ({ page, url }) => [page, url].find((each) => /^(\/a\/\d+$|https?:\/\/)/i.test(each ?? ''));
    const texts = [...encyclopedia, ...articles].filter(addressOf);
    if (texts.length === 0) return null;
    return h('section', { class: 'scan-section' }, h('h2', { class: 'section-title', t: 'scan_about' }),
        h('ul', { class: 'scan-articles' }, texts.map((each) => h('li', {},
            h('a', { href: addressOf(each), target: '_blank', rel: 'noopener noreferrer', dir: 'auto' }, each.title),
            h('span', { class: 'quiet' }, ` ${each.source}`)))));
}
