// The entry of a message's menu that scans its picture.

/** For a picture message that has arrived: one entry; else none. */
export function findEntries(item, find) {
    const { msgtype, url } = item.content;
    if (msgtype !== 'm.image' || typeof url !== 'string' || item.redacted) return [];
    return [{ icon: 'scan', t: 'find_this', action: () => find(url) }];
}
