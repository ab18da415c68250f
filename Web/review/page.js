// <vt-review>: one question at a time, decided by keys.

import { definePage } from '../staff/shell.js';
import { ReviewView } from './view.js';

definePage('vt-review', {
    title: 'review_title', address: '/review',
    open(main, api) {
        const view = new ReviewView(api);
        main.append(view.element);
        view.begin();
        return view;
    },
});
