// The agent's console: who waits, whom one serves, and everything that helps to answer.

import './desk/page.js';
