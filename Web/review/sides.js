// What each kind of question shows: the sentence that is asked, the pictures of both sides, what is known beside them.

import { counted, locale, t } from '../language.js';
import { h } from '../parts/dom.js';
import { categoryText } from '../scan/offers.js';
import { load } from '../staff/api.js';

const side = 960;
const percent = (value) => new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(value);

/** The picture of the catalogue with a number. */
export function pictureOf(api, number, wished = side) {
    return api.picture(`/api/v1/catalogue/pictures/${number}`, { side: wished });
}

function price({ price: amount, currency }) {
    if (amount === undefined || !currency) return null;
    try {
        return new Intl.NumberFormat(locale(), { style: 'currency', currency }).format(amount / 100);
    } catch {
        return null;
    }
}

/** An item in a few words. */
export function itemWords(item) {
    const facts = [item.sku, item.shop, categoryText(item.category), price(item)].filter(Boolean);
    return [h('strong', { class: 'pair-title' }, item.title || item.sku), h('span', { class: 'quiet' }, facts.join(' · '))];
}

/** Small pictures to choose from; `choose(number)` hears which. */
function strip(api, numbers, chosen, choose) {
    if (numbers.length < 2) return null;
    return h('div', { class: 'review-strip', role: 'group', label: 'review_pictures' }, numbers.map((number, place) => h('button', {
        type: 'button', class: 'review-thumb', 'aria-label': t('review_picture_n', { n: place + 1 }),
        'aria-pressed': String(number === chosen),
        on: {
            click: ({ currentTarget }) => {
                for (const each of currentTarget.parentElement.children) each.setAttribute('aria-pressed', String(each === currentTarget));
                choose(number);
            },
        },
    }, load(h('img', { alt: '', loading: 'lazy' }), pictureOf(api, number, 240)))));
}

function itemSide(api, pair, where, item) {
    const put = (number) => pair.put(where, number === undefined ? null : {
        address: pictureOf(api, number), name: item.title || item.sku, words: itemWords(item),
    });
    put(item.pictures[0]);
    return strip(api, item.pictures, item.pictures[0], put);
}

/** What pictures of an item are taken for, most often first: the row of the confusion matrix. */
function confusionRow(api, item, row) {
    return h('section', { class: 'review-row' }, h('h3', { class: 'section-title' }, t('review_taken_for', { sku: item.sku })),
        h('ul', { class: 'review-cells' }, row.map((cell) => h('li', { class: cell.sku === item.sku ? 'is-own' : '' },
            cell.picture ? load(h('img', { class: 'review-cell', alt: '' }), pictureOf(api, cell.picture, 96)) : h('span', { class: 'review-cell' }),
            h('span', { class: 'review-cell-name' }, cell.title || cell.sku, h('span', { class: 'quiet' }, ` ${cell.sku}`)),
            h('meter', { min: 0, max: 1, value: cell.share, 'aria-label': percent(cell.share) }), h('span', { class: 'review-share' }, percent(cell.share))))));
}

const kinds = {
    duplicate(api, pair, { left, right }, { evidence }) {
        for (const [where, each] of [['left', left], ['right', right]]) {
            pair.put(where, {
                address: pictureOf(api, each.picture), name: each.name,
                words: [...itemWords(each.item), h('span', { class: 'quiet' }, `${each.name} · ${each.width} × ${each.height}`)],
            });
        }
        const isCrop = evidence?.why === 'crop';
        return {
            asks: isCrop ? t('review_ask_crop') : t('review_ask_duplicate'),
            because: isCrop ? t('review_because_crop', { share: percent(evidence.correlation), angle: evidence.angle }) : t('review_because_duplicate'),
        };
    },
    noise(api, pair, { picture, item, others }, { evidence }) {
        pair.put('left', { address: pictureOf(api, picture.picture), name: picture.name, words: [h('strong', { t: 'review_this_picture' }), h('span', { class: 'quiet' }, picture.name)] });
        const numbers = others.map((each) => each.picture);
        const first = numbers.includes(evidence?.nearest) ? evidence.nearest : numbers[0];
        const put = (number) => pair.put('right', { address: pictureOf(api, number), name: item.title || item.sku, words: itemWords(item) });
        put(first);
        return {
            asks: t('review_ask_noise'), because: t('review_because_noise', { share: percent(1 - (evidence?.distance ?? 0)) }),
            below: [h('div', { class: 'review-strips' }, h('div'), strip(api, numbers, first, put) ?? h('div'))],
        };
    },
    merge(api, pair, { left, right, row_left: rowLeft, row_right: rowRight }, { evidence, score }) {
        const strips = h('div', { class: 'review-strips' }, itemSide(api, pair, 'left', left) ?? h('div'), itemSide(api, pair, 'right', right) ?? h('div'));
        const why = {
            'one code': 'review_why_code', "their pictures are taken for each other's": 'review_why_confusion',
            'their pictures are alike': 'review_why_alike', 'one picture of two sellers': 'review_why_shared',
            'a picture of one is a part of one of the other': 'review_why_part', 'a person said so': 'review_why_person',
        }[evidence?.why];
        return {
            asks: t('review_ask_merge'), because: why ? `${t(why)} (${percent(score)})` : '',
            below: [strips, rowLeft || rowRight ? h('div', { class: 'review-rows' },
                rowLeft ? confusionRow(api, left, rowLeft) : null, rowRight ? confusionRow(api, right, rowRight) : null) : null],
        };
    },
    category(api, pair, { item, proposed }, { evidence, score }) {
        const below = itemSide(api, pair, 'left', item);
        pair.put('right', null);
        return {
            asks: t('review_ask_category', { category: categoryText(proposed) }),
            because: t('review_because_category', { given: categoryText(evidence?.is ?? item.category), share: percent(score) }),
            below: [below],
        };
    },
    feedback(api, pair, view, { evidence }) {
        pair.put('left', {
            address: api.picture(`/api/v1/scans/${view.scan}/picture`), name: t('review_customer_photo'), box: view.box,
            words: [h('strong', { t: 'review_customer_photo' }), h('span', { class: 'quiet' }, view.told?.length ? t('review_told', { category: categoryText(view.told[0]) }) : '')],
        });
        const below = view.item ? itemSide(api, pair, 'right', view.item) : null;
        if (!view.item) pair.put('right', null);
        const asks = {
            wrong_item: 'review_ask_wrong_item', wrong_box: 'review_ask_wrong_box', wrong_category: 'review_ask_wrong_category',
        }[view.verdict] ?? 'review_ask_is_it';
        const named = evidence?.asks === 'is_it_this' ? 'review_ask_is_it' : asks;
        return {
            asks: t(named, { category: view.category ? categoryText(view.category) : '' }),
            because: view.sku ? t('review_because_sku', { sku: view.sku }) : t(view.verdict ? 'review_because_feedback' : 'review_because_unsure'),
            below: [below],
        };
    },
    box(api, pair, view) {
        const [x, y, width, height] = view.box;
        pair.put('left', {
            address: api.picture(`/api/v1/labels/${view.label}/picture`, { side }), name: view.name,
            box: [x / view.width, y / view.height, width / view.width, height / view.height],
            words: [h('strong', {}, categoryText(view.category)), h('span', { class: 'quiet' }, `${view.name} · ${counted('review_other_boxes', view.others.length)}`)],
        });
        pair.put('right', null);
        return {
            asks: t('review_ask_box', { category: categoryText(view.category) }), because: t('review_because_box'),
            below: [h('a', { class: 'button is-small', href: `/label?catalogue=${encodeURIComponent(api.catalogue)}&picture=${view.label}`, t: 'review_correct_box' })],
        };
    },
};

/** Shows a question in `pair`. Answers `{asks, because, below}`: two sentences and elements. */
export function show(api, pair, question) {
    pair.reset();
    return kinds[question.kind](api, pair, question.view, question);
}

export const kindNames = Object.keys(kinds);
