/* Collections Desk: keys, panels, evidence, working copy. Every control works without this file; nothing here decides anything. */
"use strict";
(function () {
  const doc = document;
  doc.documentElement.classList.add("js");
  const $ = (selector, from) => (from || doc).querySelector(selector);
  const all = (selector, from) => Array.from((from || doc).querySelectorAll(selector));
  const on = doc.addEventListener.bind(doc);
  const live = $("#live"), said = live ? live.dataset : {};
  const say = (words) => { if (live) { live.textContent = ""; setTimeout(() => { live.textContent = words; }, 30); } };
  const token = () => $("input[name=csrfmiddlewaretoken]").value;

  /* menu on narrow screens */
  const toggle = $("#menu-toggle"), side = $("#side");
  toggle?.addEventListener("click", () => {
    const open = side.classList.toggle("open");
    toggle.setAttribute("aria-expanded", open);
    if (open) { $("a", side).focus(); }
  });

  /* narrow screens: what stands before the work is folded, tabs one line */
  const narrow = matchMedia("(max-width:860px)");
  const unfold = () => all("[data-fold]").forEach((d) => { d.open = !narrow.matches; });
  unfold();
  narrow.addEventListener("change", unfold);
  const see = (tab) => { tab.closest(".tabs").scrollLeft = tab.offsetLeft - 60; };
  all(".tabs [aria-current]").forEach(see);
  on("focusin", (event) => { if (event.target.matches(".tabs :focus-visible")) { see(event.target); } });

  /* a link to something folded opens it */
  const aim = () => { const place = doc.getElementById(location.hash.slice(1)); if (place?.matches("details")) { place.open = true; } };
  aim();
  addEventListener("hashchange", aim);

  /* the reason something failed is read first */
  const problem = $("#problem") || $(".error-summary");
  if (problem) { problem.tabIndex = -1; problem.focus(); }

  /* a held key or a double click must not decide the next page */
  const born = Date.now();
  let sent = false;
  on("submit", (event) => {
    if ($("#workspace") && event.target.closest(".bar") && (Date.now() - born < 400 || sent)) { event.preventDefault(); return; }
    if (event.target.method === "post" && event.target.id !== "logout-form") { sent = true; setTimeout(() => { sent = false; }, 3000); }
  });
  addEventListener("pageshow", () => { sent = false; });

  const work = $("#workspace"), rows = $("[data-rows]");
  const letters = () => (work || rows)?.dataset.letters !== "off";

  /* evidence: opens in place of the invoices */
  let opener = null;
  const changes = $("#versions details"), toChanges = $('[data-key="v"]');
  if (changes && toChanges) {
    toChanges.addEventListener("click", (event) => {
      event.preventDefault();
      changes.open = !changes.open;
      if (changes.open) { changes.scrollIntoView({ block: "center" }); $("summary", changes).focus({ preventScroll: true }); } else { toChanges.focus(); }
    });
  }
  function showEvidence(number, from) {
    const panel = doc.getElementById("ev-" + number), invoices = $("#invoices");
    if (!panel) { return; }
    const wasOpen = !panel.hidden;
    all(".evidence").forEach((p) => { p.hidden = true; });
    all("[data-evidence][aria-expanded]").forEach((b) => { b.setAttribute("aria-expanded", "false"); });
    if (wasOpen) { if (invoices) { invoices.hidden = false; } opener?.focus(); return; }
    panel.hidden = false;
    looked({ evidence: number });
    if (invoices) { invoices.hidden = true; }
    opener = from || $('.src-chip[data-evidence="' + number + '"]') || opener;
    all('.src-chip[data-evidence="' + number + '"]').forEach((b) => b.setAttribute("aria-expanded", "true"));
    panel.focus();
  }
  function closeEvidence() {
    const open = $(".evidence:not([hidden])");
    if (!open) { return false; }
    showEvidence(open.id.slice(3));
    return true;
  }

  /* what was in front of the reviewer belongs to the record: the draft once it is really visible, and evidence that is opened */
  function looked(fields) {
    if (work?.dataset.looked) { post(work.dataset.looked, { draft: work.dataset.draft, ...fields }, true).catch(() => {}); }
  }
  function opened() {
    if (doc.visibilityState === "visible") { doc.removeEventListener("visibilitychange", opened); looked({}); }
  }
  if (work) { on("visibilitychange", opened); opened(); }

  /* time really spent looking: a focused, visible tab, a minute after the last sign of life at most */
  if (work?.dataset.looked) {
    let alive = Date.now(), active = 0;
    ["keydown", "pointermove", "pointerdown", "scroll"].forEach((name) => on(name, () => { alive = Date.now(); }, true));
    const report = () => { if (active) { looked({ seconds: active }); active = 0; } };
    setInterval(() => {
      if (doc.visibilityState === "visible" && doc.hasFocus() && Date.now() - alive < 60000) { active += 1; }
      if (active >= 5) { report(); }
    }, 1000);
    on("submit", report, true);
    on("visibilitychange", report);
  }

  /* panels of the decision bar */
  const openPanel = () => $(".bar details[open]");
  all(".bar details").forEach((details) => {
    details.addEventListener("toggle", () => {
      if (!details.open) { return; }
      all(".bar details[open]").forEach((other) => { if (other !== details) { other.open = false; } });
      /* one that was open from the start leaves the focus with the reason it was refused */
      if (doc.activeElement !== problem) { $("form textarea, form select, form input:not([type=hidden]), form button", details)?.focus(); }
      claim();
    });
  });
  function closePanel() {
    const open = openPanel();
    if (!open) { return false; }
    open.open = false;
    $("summary", open).focus();
    return true;
  }

  /* claim at the first sign of work, not at opening */
  let claimed = false, claiming = null;
  function claim() {
    if (claimed || !work?.dataset.claim) { return; }
    claimed = true;
    claiming = post(work.dataset.claim, {}).then((answer) => answer.json().then((data) => {
      if (data.problem) { say(data.problem); claimed = answer.status === 409; return; }
      if (data.version) { all("input[name=version]").forEach((field) => { field.value = data.version; }); }
    })).catch(() => { claimed = false; }).finally(() => { claiming = null; });
  }
  /* a form sent meanwhile waits for the claim: it changes the version the form names */
  on("submit", (event) => {
    if (!claiming) { return; }
    const form = event.target, by = event.submitter;
    event.preventDefault();
    event.stopPropagation();
    claiming.then(() => form.requestSubmit(by || undefined));
  }, true);
  function post(url, fields, keep) {
    const body = new URLSearchParams(fields);
    return fetch(url, { method: "POST", keepalive: !!keep, body, credentials: "same-origin",
      headers: { "X-CSRFToken": token(), "X-Requested-With": "desk" } });
  }

  on("click", (event) => {
    const chip = event.target.closest("[data-evidence]");
    if (chip) { event.preventDefault(); showEvidence(chip.dataset.evidence, chip); return; }
    if (event.target.closest("[data-close]")) { closeEvidence(); return; }
    if (event.target.closest("[data-help]")) { help(); return; }
    if (event.target.closest("[data-blocked]")) { say($("#blocked-why").textContent); }
  });
  const help = () => $("#keys")?.showModal();

  /* a print opens what is folded */
  const fold = (which, open) => () => all(which).forEach((d) => { d.open = open; d.toggleAttribute("data-folded", open); });
  addEventListener("beforeprint", fold("main details:not([open], .bar *)", true));
  addEventListener("afterprint", fold("[data-folded]", false));

  /* a claim that runs out is said two minutes before, and kept by one press */
  const until = work ? Date.parse(work.dataset.until) - Date.parse(work.dataset.now) : 0;
  const keepIt = $("#keep-claim");
  if (until > 0 && keepIt) {
    setTimeout(() => { keepIt.hidden = false; say(said.ending); }, Math.max(0, until - 120000));
    keepIt.addEventListener("click", () => { claimed = false; claim(); keepIt.hidden = true; say(said.kept); });
  }

  /* two minutes before the visit ends; one press prolongs it */
  const ending = $("#stay");
  const warn = (left) => setTimeout(() => { if (!ending.open) { ending.showModal(); } }, Math.max(0, left - 120) * 1000);
  if (ending) {
    warn(+ending.dataset.left);
    $("button", ending).addEventListener("click", () => {
      ending.close();
      post(ending.dataset.url, {}).then((answer) => answer.json()).then((data) => { say(said.kept); if (data.left > 120) { warn(data.left); } })
        .catch(() => say(said.out));
    });
  }

  /* the password, for who wants to see it */
  all("[data-show]").forEach((button) => {
    const field = doc.getElementById(button.dataset.show);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", !shown);
      button.textContent = button.dataset[shown ? "words" : "hide"];
      field.focus();
    });
  });

  /* editor: working copy, and the checks over what is typed */
  const form = $("#edit-form");
  if (form) {
    const kept = $("#kept"), list = $("#findings");
    let keepTimer = 0, checkTimer = 0, dirty = false, round = 0;
    const fields = () => ({ subject: form.subject.value, body: form.body.value, draft: form.draft.value });
    const keep = () => {
      clearTimeout(keepTimer);
      if (!dirty) { return; }
      dirty = false;
      post(form.dataset.keep, fields()).then((answer) => answer.json()).then((data) => { kept.textContent = data.words; })
        .catch(() => { dirty = true; kept.textContent = said.unsaved; keepTimer = setTimeout(keep, 10000); });
    };
    const check = () => {
      const mine = ++round;
      post(form.dataset.check, fields()).then((answer) => (answer.status < 500 ? answer.text() : Promise.reject(new Error()))).then((html) => {
        if (mine !== round) { return; }
        const page = new DOMParser().parseFromString(html, "text/html");
        list.replaceChildren(...page.body.childNodes);
        const blocking = all("[data-failing]", list).length;
        say(blocking ? blocking + " " + said.blocking : said.checked);
      }).catch(() => {});
    };
    form.addEventListener("input", () => {
      dirty = true;
      claim();
      clearTimeout(keepTimer); clearTimeout(checkTimer);
      keepTimer = setTimeout(keep, 5000);
      checkTimer = setTimeout(check, 800);
    });
    form.addEventListener("focusout", (event) => { if (event.relatedTarget?.type !== "submit") { keep(); } });
    addEventListener("online", keep);
    form.addEventListener("submit", () => { dirty = false; clearTimeout(keepTimer); });
    addEventListener("beforeunload", (event) => { if (dirty) { event.preventDefault(); } });
  }

  /* a list says what changed meanwhile; no row moves before the reader asks for it */
  const news = $("#changed");
  if (news) {
    setInterval(() => {
      if (doc.visibilityState !== "visible") { return; }
      fetch(news.dataset.url, { credentials: "same-origin" }).then((answer) => answer.json()).then((data) => {
        if (data.changed) { news.firstChild.textContent = data.words; news.lastElementChild.hidden = false; }
      }).catch(() => {});
    }, 60000);
  }

  /* keyboard: letters move the focus or open a panel; only Ctrl/Cmd+Enter or a focused button decides */
  function commit() {
    const panel = openPanel();
    const target = panel ? $("form", panel) : (form?.contains(doc.activeElement) ? form : $("#approve-form[data-clean], #label-form"));
    if (target) { target.requestSubmit(); }
  }
  function step(list, by) {
    if (!list.length) { return; }
    const at = list.indexOf(doc.activeElement);
    list[Math.min(list.length - 1, Math.max(0, at + by))].focus();
  }
  function take(row) {
    post($(".acct", row).pathname.replace("review/", "claim/"), {}).then((answer) => answer.json()).then((data) => {
      if (data.problem) { say(data.problem); } else { $(".whose", row).textContent = rows.dataset.you; say(said.taken); }
    }).catch(() => {});
  }
  function letter(key) {
    if (key === "?") { help(); return true; }
    if (!rows && !work) { return false; }
    if (key === "j" || key === "k") { step(all(rows ? "[data-rows] .acct" : ".src-chip"), key === "j" ? 1 : -1); return true; }
    if (rows) {
      const at = doc.activeElement, row = at.closest("[data-rows] tr");
      if (key === "o" && at.matches(".acct")) { at.click(); return true; }
      if (key === "m" && row) { take(row); return true; }
      return false;
    }
    if (key === "n" || key === "p") {
      const url = work.dataset[key === "n" ? "next" : "previous"];
      if (url) { location.href = url; }
      return true;
    }
    if (key === "m") { claim(); say(said.taken); return true; }
    if (key >= "1" && key <= "9") { showEvidence(key); return true; }
    if (key === "i") { ($("[data-failing]") || $("#findings li"))?.focus(); return true; }
    const control = $('[data-key="' + key + '"]');
    if (!control) { return false; }
    if (control.matches("summary")) { control.parentElement.open = true; return true; }
    control.focus();
    if (!control.matches("select, textarea")) { control.click(); }
    return true;
  }
  on("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) { if (work) { event.preventDefault(); commit(); } return; }
    if (event.key === "Escape") {
      if ($("#keys[open]")) { return; }
      if (closePanel() || closeEvidence()) { event.preventDefault(); } else if (rows) {
        all(":checked", rows).forEach((box) => { box.click(); });
        if (doc.activeElement.classList.contains("acct")) { doc.activeElement.blur(); }
      }
      return;
    }
    const at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !letters()) { return; }
    if (at.closest("input, textarea, select, [contenteditable], dialog") && !at.matches("#label-form [type=radio]")) { return; }
    if (letter(event.key)) { event.preventDefault(); }
  });

  /* labelling: words marked in a text become the quote */
  const quote = $("#label-form #quote");
  if (quote) {
    on("mouseup", () => {
      const marked = getSelection(), words = String(marked).trim(), from = marked.anchorNode?.parentElement;
      if (words && from && from.closest(".quotable")) { quote.value = words; say(said.quoted); }
    });
  }

  /* back from a workspace: the row that was open has the focus; else the first */
  if (rows) {
    const last = sessionStorage.getItem("row");
    const link = last && $('.acct[href="' + CSS.escape(last).replace(/\\(.)/g, "$1") + '"]', rows);
    const here = link || (letters() && doc.activeElement === doc.body && $(".acct", rows));
    if (here) { here.focus({ preventScroll: !link }); }
    /* ticked rows show what can be done with them */
    const bulk = $("#bulk");
    if (bulk) {
      const count = () => { const n = all(":checked", rows).length; bulk.hidden = !n; $("b", bulk).textContent = n; };
      rows.addEventListener("change", count);
      count();
    }
    rows.addEventListener("click", (event) => { const a = event.target.closest(".acct"); if (a) { sessionStorage.setItem("row", a.getAttribute("href")); } });
  }
})();
