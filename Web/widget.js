// The chat in a shop's page: opened by widget/load.js in a frame, or by itself as a page.

import './widget/page.js';
