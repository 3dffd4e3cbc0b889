// Light or dark as the reader chooses; without a choice, as their system has it.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const remembered = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // the reader lets us store nothing
    }
  };
  const theme = remembered();
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;

  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-switches-theme]");
    if (!button) return;
    const tell = () => button.setAttribute("aria-pressed", String(isDark()));
    button.hidden = false;
    tell();
    system.addEventListener("change", tell);
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      tell();
      try {
        localStorage.setItem("theme", root.dataset.theme);
      } catch {
        // then the choice ends with the page
      }
    });
  });
})();
