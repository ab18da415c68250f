// Pictures of a conversation become a panorama: which ones, and asking for it. The answer comes as a message.

import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import '../parts/picture.js';
import { toast } from '../parts/toast.js';

const most = 60;

function isPicture(item) {
    return item.kind === 'message' && !item.redacted && item.content?.msgtype === 'm.image'
        && typeof item.content.url === 'string' && !item.content['shop.vitrine.panorama'];
}

/** The entry of a picture's menu; `items()` are the messages that are shown. */
export function panoramaEntries(item, client, roomId, items) {
    if (!isPicture({ kind: 'message', ...item })) return [];
    return [{ icon: 'picture', t: 'make_panorama', action: () => choosePictures(client, roomId(), items(), item) }];
}

/** Pictures that were sent in one go with the first are chosen from the start. */
function together(pictures, first) {
    const sender = first.event?.sender;
    const at = pictures.findIndex((one) => one.content.url === first.content.url);
    const chosen = new Set([first.content.url]);
    for (const step of [1, -1]) {
        for (let index = at + step; pictures[index]?.event?.sender === sender; index += step) chosen.add(pictures[index].content.url);
    }
    return chosen;
}

export function choosePictures(client, roomId, items, first) {
    const pictures = (items ?? []).filter(isPicture).slice(-most);
    const chosen = together(pictures, first);
    const begin = h('button', { type: 'button', class: 'button is-primary pano-begin', t: 'panorama_begin' });
    const draw = () => { begin.disabled = chosen.size < 2; };
    const tiles = pictures.map((item) => {
        const { url, info, body } = item.content;
        const picture = document.createElement('vt-picture');
        picture.configure({ client, source: { mxc: url }, info, name: String(body ?? '') });
        const box = h('input', { type: 'checkbox', class: 'pano-pick-box', 'aria-label': String(body ?? '') });
        box.checked = chosen.has(url);
        box.addEventListener('change', () => {
            if (box.checked) chosen.add(url);
            else chosen.delete(url);
            draw();
        });
        // The picture's own button would open it; here it is only looked at.
        picture.inert = true;
        return h('li', {}, h('label', { class: 'pano-pick' }, box, picture));
    });
    const dialog = openDialog('panorama_pick', h('div', {}, h('p', { class: 'quiet', t: 'panorama_pick_text' }),
        h('ul', { class: 'pano-picks' }, tiles)), { actions: [begin] });
    draw();
    begin.addEventListener('click', async () => {
        begin.disabled = true;
        try {
            const media = pictures.map((item) => item.content.url).filter((url) => chosen.has(url));
            await client.request('POST', '/api/v1/panoramas', { body: { media, room: roomId, start: true } });
            dialog.close();
            toast('panorama_asked');
        } catch (error) {
            begin.disabled = false;
            if (!error.isSessionOver) toast('panorama_refused');
        }
    });
}
