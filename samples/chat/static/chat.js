// Asks for new messages, and asks again after each answer.
const list = document.getElementById("messages");
const form = document.getElementById("form");
const state = document.getElementById("state");
let cursor = Number(list.dataset.cursor);

// Shows each message once, in the server's order: the page's own message may come before earlier ones of others.
function show({ id, html }) {
  if (document.getElementById(`m${id}`) !== null) return;
  const later = [...list.children].find((item) => Number(item.id.slice(1)) > id);
  if (later) later.insertAdjacentHTML("beforebegin", html);
  else list.insertAdjacentHTML("beforeend", html);
  list.lastElementChild.scrollIntoView({ block: "end" });
}

async function post(url, fields) {
  fields.set("_xsrf", form.elements._xsrf.value);
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(form);
  fields.delete("back");
  try {
    show(await post(form.action, fields));
    form.elements.text.value = "";
    form.elements.text.focus();
  } catch {
    state.textContent = "The message was not sent.";
  }
});

async function poll() {
  for (let pause = 500; ; ) {
    try {
      const updates = await post(form.dataset.updates, new URLSearchParams({ cursor }));
      updates.forEach(show);
      cursor = Math.max(cursor, ...updates.map(({ id }) => id));  // not by the page's own message, which may come before others
      state.textContent = "";
      pause = 500;
    } catch {
      state.textContent = "Not connected. Trying again …";
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
      pause = Math.min(pause * 2, 30000);
    }
  }
}

poll();
