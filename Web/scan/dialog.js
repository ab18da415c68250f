// "Find this" on a picture of a conversation: at once for customers, with a dialog to choose from for the shop's people.

import { sendCard } from '../matrix/actions.js';
import { openDialog } from '../parts/dialog.js';
import { toast } from '../parts/toast.js';
import { cardOf } from './card.js';
import { scanMedia } from './scans.js';
import { meaningOf } from './states.js';
import { verdictWords } from './results.js';
import './view.js';

function explain(error) {
    const { title, text } = meaningOf(error);
    toast('scan_problem', { text: `${title}: ${text}` });
}

/** Scans `media` and puts what is found into the conversation. */
export async function findAndTell(client, roomId, media) {
    toast('scan_searching');
    try {
        const answer = await scanMedia(client, media);
        if (answer.groups.length + answer.similar.length > 0) return await sendCard(client, roomId, cardOf(answer));
        const { title, text } = verdictWords(answer);
        toast('scan_problem', { text: `${title} ${text}` });
    } catch (error) {
        explain(error);
    }
    return null;
}

/**
 * Opens a dialog with what is found; each result can be put into the conversation, and at the service desk all of them
 * as a card from which the customer chooses: `tools.match(answer)`.
 */
export async function findAndChoose(client, roomId, media, tools = null) {
    const view = document.createElement('vt-scan-view');
    const dialog = openDialog('scan_title', view, { className: 'is-scan' });
    view.configure({
        client, shareWords: 'scan_send_card',
        offer: tools ? async (answer) => {
            if (await tools.match(answer)) dialog.close();
        } : null,
        share: async (group, answer) => {
            await sendCard(client, roomId, cardOf(answer, [group]));
            dialog.close();
        },
    });
    try {
        await view.scanMedia(media, await client.media.fetchFull(media));
    } catch (error) {
        dialog.close();
        explain(error);
    }
}
