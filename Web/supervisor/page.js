// <vt-supervisor>: the live board, reports and alerts of the service desk.

import { definePage } from '../staff/shell.js';
import { BoardView } from './view.js';

definePage('vt-supervisor', {
    title: 'board_title', address: '/supervisor', needsNoCatalogue: true, needsShop: true,
    open(main, api) {
        const view = new BoardView(api.client);
        main.append(view.element);
        view.begin();
        return view;
    },
});
