/** A password field: show it, and say when it is long enough. Pasting and password managers stay allowed. */

/** @param {HTMLElement} row */
export function passwordField(row) {
  const input = row.querySelector("input");
  if (!(input instanceof HTMLInputElement)) return;
  const words = document.documentElement.lang.startsWith("hi") ? ["दिखाएँ", "छिपाएँ"] : ["Show", "Hide"];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "password-show";
  const draw = () => {
    const shown = input.type === "text";
    button.textContent = words[shown ? 1 : 0];
    button.setAttribute("aria-pressed", String(shown));
    button.setAttribute("aria-controls", input.id);
  };
  button.addEventListener("click", () => {
    input.type = input.type === "text" ? "password" : "text";
    draw();
    input.focus();
  });
  const label = row.querySelector(".field-label");
  button.setAttribute("aria-describedby", (label && (label.id ||= `${input.id}-label`)) || "");
  const frame = document.createElement("span");
  frame.className = "password-in";
  input.replaceWith(frame);
  frame.append(input, button);
  if (input.autofocus) input.focus();
  draw();
  input.form?.addEventListener("submit", () => {
    input.type = "password"; // browsers offer to keep it only then
  });
  const rule = row.parentElement?.querySelector("[data-rule]");
  if (rule) {
    const check = () => rule.classList.toggle("met", input.value.length >= input.minLength);
    input.addEventListener("input", check);
    check();
  }
}
