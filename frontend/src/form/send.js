// Sending the answers: one effect however often it is tried, and a clear word about everything that can go wrong.

let attempt = { body: null, key: null };

/** {ok} or {text, links, fields}; `also` goes along with the answers. */
export async function send({ addresses, etag, texts, also }, data) {
  const body = JSON.stringify({ ...also, data });
  if (attempt.body !== body) attempt = { body, key: newKey() };
  const headers = { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": attempt.key };
  if (etag) headers["If-Match"] = `"${etag}"`;
  let response;
  try {
    response = await fetch(addresses.complete, { method: "POST", headers, body });
  } catch {
    return { text: texts.offline };
  }
  if (response.ok) return { ok: true };
  // An answer that was refused must not stand in the way of the next attempt.
  attempt = { body: null, key: null };
  const problem = await response.json().catch(() => ({}));
  const text = problem.detail ?? texts.failed;
  switch (response.status) {
    case 401:
      return { text: texts.signed_out, links: [{ text: texts.sign_in, href: addresses.sign_in, blank: true }] };
    case 404:
    case 409:
    case 412:
      return { text, links: [{ text: texts.reload, href: location.pathname }] };
    case 422:
      return { text, fields: (problem.errors ?? []).map(inAnswers) };
    default:
      return { text };
  }
}

// crypto.randomUUID exists only where the page came over https or from this machine.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The server points into the body that was sent; the form only knows what lies below "data".
function inAnswers(error) {
  return { ...error, pointer: error.pointer.replace(/^\/data(?=\/|$)/, "") };
}
