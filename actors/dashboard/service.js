// The conversation with the service: a question each second while somebody looks, fewer when nobody
// answers, none while the page is hidden.

const EACH_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;
const PATIENCE_MS = 5000;
const TOKEN_KEY = "freehold.token";

/// The endpoint wants a bearer token, or another one.
export class TokenWanted extends Error {}

export const token = {
  get: () => sessionStorage.getItem(TOKEN_KEY),
  set: (value) => sessionStorage.setItem(TOKEN_KEY, value),
  forget: () => sessionStorage.removeItem(TOKEN_KEY),
};

async function ask(path) {
  const known = token.get();
  let response;
  try {
    response = await fetch(path, {
      cache: "no-store",
      headers: known ? { Authorization: `Bearer ${known}` } : {},
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const late = error.name === "TimeoutError";
    throw new Error(late ? `no answer within ${PATIENCE_MS / 1000} s` : "no connection");
  }
  if (response.status === 401) throw new TokenWanted();
  if (!response.ok) throw new Error(`it answers /${path} with status ${response.status}`);
  try {
    return await response.json();
  } catch {
    throw new Error(`what it answers to /${path} is not JSON, or broke off`);
  }
}

/// Asks in turn and tells `listener`: snapshot(value), history(value), failure(error, retryAt),
/// tokenWanted(refused).
export class Poller {
  constructor(listener) {
    this.listener = listener;
    this.timer = null;
    this.asking = false;
    this.failures = 0;
    this.since = null; // the latest sample we have
    this.turnsToHistory = 0;
    document.addEventListener("visibilitychange", () => this.lookAgain());
  }

  /// At once, whatever the pause.
  start() {
    clearTimeout(this.timer);
    this.timer = null;
    this.paused = false;
    if (!this.asking && !document.hidden) this.turn();
  }

  lookAgain() {
    if (document.hidden) {
      clearTimeout(this.timer);
    } else if (!this.paused) {
      this.turnsToHistory = 0; // what was missed meanwhile
      this.start();
    }
  }

  async turn() {
    this.asking = true;
    let pause = EACH_MS;
    try {
      const [snapshot, history] = await Promise.all([ask("snapshot"), this.askHistory()]);
      this.failures = 0;
      if (history) this.listener.history(history);
      this.listener.snapshot(snapshot);
    } catch (error) {
      this.turnsToHistory = 0;
      if (error instanceof TokenWanted) {
        this.paused = true; // until somebody gives one
        this.listener.tokenWanted(token.get() !== null);
      } else {
        pause = Math.min(EACH_MS * 2 ** this.failures++, LONGEST_PAUSE_MS);
        this.listener.failure(error, Date.now() + pause);
      }
    }
    this.asking = false;
    if (!this.paused && !document.hidden) this.timer = setTimeout(() => this.turn(), pause);
  }

  /// The whole history is asked for now and then; each second only of a service that answers with
  /// what came since.
  async askHistory() {
    if (this.turnsToHistory-- > 0) return null;
    const since = this.since;
    const answer = await ask(since === null ? "history" : `history?since=${since}`);
    const onlyNews = since === null || !answer.samples.some((sample) => sample.t <= since);
    this.since = answer.samples.at(-1)?.t ?? since;
    this.turnsToHistory = onlyNews ? 0 : 4;
    return answer;
  }

  /// Another process answers now: its history begins anew.
  forgetHistory() {
    this.since = null;
    this.turnsToHistory = 0;
  }
}
