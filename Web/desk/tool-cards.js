// Cards that the server's other systems fill: the goods that a scan has found, to choose from, and a panorama to look
// around in. The agent asks for one where its picture stands in the conversation.

import { deskPost } from '../matrix/desk.js';
import { toast } from '../parts/toast.js';
import { tried } from './parts.js';

/** What can be sent into the conversation of a room: `match(answer)` and `panorama(share)`; each says whether it was. */
export function toolsOf(store, roomId) {
    const found = store.ofRoom(roomId);
    if (!found) return null;
    const send = async (kind, body) => {
        const language = document.documentElement.lang;
        const sent = await tried(() => deskPost(store.client, `conversations/${found.number}/tools/${kind}`, { ...body, language }));
        if (sent) toast('desk_tool_sent');
        return sent !== null;
    };
    return {
        match: (answer) => send('item.match', { scan: answer.id }),
        panorama: (share) => send('item.panorama', { share }),
    };
}
