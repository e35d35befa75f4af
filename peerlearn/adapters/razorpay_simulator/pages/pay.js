// The hosted page: asks the simulator for the chosen outcome and tells the page behind, by message or by form.
"use strict";

const sheet = document.getElementById("sheet");
const form = document.getElementById("form");
const framed = sheet.dataset.mode === "frame" && window.parent !== window;

function tell(message) {
  window.parent.postMessage({ simulator: "razorpay", ...message }, sheet.dataset.origin || "*");
}

/** Post fields to the merchant's address, as the real Checkout does after a redirect. */
function post(fields) {
  const posted = document.createElement("form");
  posted.method = "post";
  posted.action = sheet.dataset.callback;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = String(value);
    posted.append(input);
  }
  document.body.append(posted);
  posted.submit();
}

function leave(how) {
  if (framed) tell({ type: "dismiss", ...how });
  else if (sheet.dataset.cancel) window.location.assign(sheet.dataset.cancel);
  else window.history.back();
}

function say(title, words, good) {
  const said = document.getElementById("said");
  said.hidden = false;
  said.classList.toggle("good", Boolean(good));
  said.querySelector("strong").textContent = title;
  said.querySelector("p").textContent = words;
  said.scrollIntoView({ block: "nearest" });
}

function failed(error) {
  if (framed) {
    say("The payment did not go through", error.description + " You can try again.");
    tell({ type: "failed", error });
  } else if (sheet.dataset.callback) {
    const fields = { "error[metadata]": JSON.stringify(error.metadata) };
    for (const name of ["code", "description", "source", "step", "reason"]) fields[`error[${name}]`] = error[name];
    post(fields);
  }
}

async function pay() {
  const button = document.getElementById("pay");
  const chosen = Object.fromEntries(new FormData(form));
  button.setAttribute("aria-busy", "true");
  button.textContent = "Paying";
  try {
    const answer = await fetch("/v1/checkout/pay", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        ...chosen, key_id: sheet.dataset.key, order_id: sheet.dataset.order,
        contact: sheet.dataset.contact, email: sheet.dataset.email,
      }),
    });
    const body = await answer.json();
    if (!answer.ok) say("The payment did not go through", body.error.description);
    else if (body.status === "failed") failed(body.error);
    else if (body.status === "silent") say("Paid", "The page behind was not told. Close this, or wait: the webhook tells it.", true);
    else if (framed) tell({ type: "success", response: body.response });
    else post(body.response);
  } catch {
    say("The simulator does not answer", "Is it still running? Nothing was paid.");
  } finally {
    button.removeAttribute("aria-busy");
    button.textContent = button.dataset.label;
  }
}

function showField() {
  const method = new FormData(form).get("method");
  for (const field of form.querySelectorAll("[data-for]")) field.hidden = field.dataset.for !== method;
}

if (form) {
  form.addEventListener("change", showField);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (document.getElementById("pay").getAttribute("aria-busy") !== "true") pay();
  });
  showField();
}
document.getElementById("close").addEventListener("click", () => leave());
document.getElementById("leave")?.addEventListener("click", () => leave());
document.addEventListener("keydown", (event) => event.key === "Escape" && framed && leave({ escape: true }));
document.addEventListener("click", (event) => event.target === document.body && framed && leave({ backdrop: true }));
