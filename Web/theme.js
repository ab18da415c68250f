// Runs before the first paint (a classic script, not a module): puts the chosen theme and language on <html>, so that
// neither flashes. The modules theme-choice.js and language.js change them later.
(() => {
    const read = (key) => {
        try {
            return JSON.parse(localStorage.getItem(`vitrine.${key}`));
        } catch {
            return null;
        }
    };
    const theme = read('theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    const chosen = read('language') ?? navigator.language ?? 'en';
    document.documentElement.lang = String(chosen).toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
})();
