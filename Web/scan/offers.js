// Offers as people read them: prices, sellers, pictures. Pure but for the language.

import { counted, locale, t } from '../language.js';
import { path } from '../matrix/request.js';

function money(currency) {
    try {
        return new Intl.NumberFormat(locale(), { style: 'currency', currency });
    } catch {
        return null;
    }
}

/** A price in the smallest unit of a currency; empty where there is none. */
export function priceText(price, currency) {
    if (!Number.isFinite(price)) return '';
    const format = money(currency);
    if (!format) return `${new Intl.NumberFormat(locale()).format(price / 100)} ${currency ?? ''}`.trim();
    return format.format(price / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** The lowest price, or the range, of offers in one currency. */
export function priceRange(offers) {
    const priced = offers.filter(({ price }) => Number.isFinite(price));
    if (priced.length === 0) return '';
    const { currency } = priced[0];
    const prices = priced.filter((offer) => offer.currency === currency).map(({ price }) => price);
    const [low, high] = [Math.min(...prices), Math.max(...prices)];
    if (low === high) return priceText(low, currency);
    return t('scan_price_range', { low: priceText(low, currency), high: priceText(high, currency) });
}

/** What is known of the stock of offers. */
export function stockText(offers) {
    const known = offers.filter(({ stock }) => Number.isFinite(stock));
    if (known.length === 0) return '';
    const count = known.reduce((sum, { stock }) => sum + stock, 0);
    return count > 0 ? counted('scan_stock', count) : t('scan_out_of_stock');
}

/** The address of an item's first picture. */
export function pictureOf({ sku, seller }, side = 480) {
    const shop = seller ? `&shop=${encodeURIComponent(seller)}` : '';
    return `${path`/api/v1/catalogue/items/${sku}/pictures/0`}?side=${side}${shop}`;
}

/** The address where an offer can be ordered, if it is one of the web. */
export function orderAddress({ orderURL }) {
    return /^https?:\/\//i.test(orderURL ?? '') ? orderURL : null;
}

/** A category as people call it: the shop's own ones stand as they are. */
export function categoryText(name) {
    const key = `category_${name}`;
    const words = t(key);
    return words === key ? name : words;
}
