// The page of a supervisor: who waits, who has what, how fast answers come.

import './supervisor/page.js';
