// From where in the shop somebody talks, as the tag of the page has said it in the address. Everything is checked.

const text = (value, length) => (typeof value === 'string' && value !== '' ? value.slice(0, length) : null);

/**
 * `{shop, entry, topic, item, language}` of this page's address; `item` is null where the talk is about nothing in
 * particular, `shop` where the server has one shop.
 */
export function sceneOfAddress() {
    let told = {};
    try {
        told = JSON.parse(decodeURIComponent(window.location.hash.slice(1)));
    } catch {
        // Opened without a scene.
    }
    if (typeof told !== 'object' || told === null) told = {};
    const amount = Number(told.amount);
    const item = {};
    for (const name of ['ref', 'title', 'category']) if (text(told[name], 200)) item[name] = text(told[name], 200);
    for (const name of ['image', 'link']) {
        const address = text(told[name], 500);
        if (address && /^https?:\/\//.test(address)) item[name] = address;
    }
    if (Number.isSafeInteger(amount) && amount > 0 && /^[A-Z]{3}$/.test(told.currency ?? '')) {
        item.price = { amount, currency: told.currency };
    }
    const shop = Number(told.shop);
    return {
        shop: Number.isSafeInteger(shop) && shop > 0 ? shop : null, entry: text(told.entry, 64) ?? 'page', topic: text(told.topic, 64) ?? 'general',
        item: Object.keys(item).length > 0 ? item : null, language: text(told.language, 16),
    };
}
