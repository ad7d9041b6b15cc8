// Asks for what is new, and asks again as soon as there is an answer.
const list = document.getElementById("messages");
const form = document.getElementById("form");
const state = document.getElementById("state");
let cursor = Number(list.dataset.cursor);

// Each message once, and in the server's order: one's own is here before others' that were sent earlier.
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
      cursor = Math.max(cursor, ...updates.map(({ id }) => id));  // only what was asked for tells what is known
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
