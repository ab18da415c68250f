// What the keys do.

import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';

const keys = [
    ['1', 'review_yes'], ['2', 'review_no'], ['Space', 'review_skip'], ['U', 'review_undo'], ['R', 'review_reason'],
    ['S', 'review_side'], ['O', 'review_over'], ['B', 'review_blink'], ['T', 'review_turn'], ['+ − 0', 'review_zoom_keys'],
    ['← ↑ ↓ →', 'review_pan_keys'], ['H', 'review_log'], ['?', 'keyboard'],
];

export function showHelp() {
    openDialog('keyboard', h('dl', { class: 'keys' }, keys.flatMap(([key, name]) => [h('dt', {}, h('kbd', {}, key)), h('dd', { t: name })])));
}
