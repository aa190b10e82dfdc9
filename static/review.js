// Keys for the page of contested recordings: each presses a button that is there without this script.

const STORE = "sayso-review-shortcuts";
const review = document.querySelector("#review");

if (review) {
  const audio = review.querySelector("#audio");
  const play = review.querySelector("#play");
  const keys = review.querySelector("#keys");
  const shortcuts = review.querySelector("#shortcuts");

  const hear = () => {
    audio.currentTime = 0;
    audio.play();
  };
  play.hidden = false;
  keys.hidden = false;
  play.addEventListener("click", hear);

  shortcuts.checked = localStorage.getItem(STORE) !== "off";
  const show = () => review.classList.toggle("no-keys", !shortcuts.checked);
  shortcuts.addEventListener("change", () => {
    localStorage.setItem(STORE, shortcuts.checked ? "on" : "off");
    show();
  });
  show();

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, audio, summary");
    if (!shortcuts.checked || typing || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key === "p" || (key === " " && !event.target.closest("button, a, input"))) {
      event.preventDefault();
      hear();
      return;
    }
    const button = review.querySelector(`button[data-key="${CSS.escape(key)}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });
  // One decision a recording: a second press must not fall on the next one.
  review.querySelector("form").addEventListener("submit", (event) => {
    if (review.dataset.sent) event.preventDefault();
    review.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => delete review.dataset.sent);
  review.dataset.state = "ready";
}
