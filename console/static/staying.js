"use strict";
// Warns two minutes before the session ends; any key, anything typed or dictated, or the button puts the end off by half an hour (promise E5).
// The focus stays where it is, so that the key which answers is also typed.
{
  const bar = document.getElementById("staying");
  const [words, button] = [bar.querySelector("p"), bar.querySelector("button")];
  const WARNING = 120;
  let ends = Date.now() + Number(bar.dataset.left) * 1000;
  let timer = 0;
  let isAsking = false;

  const left = () => Math.round((ends - Date.now()) / 1000);
  const wait = (seconds, then) => {
    clearTimeout(timer);
    timer = setTimeout(then, Math.max(1, seconds) * 1000);
  };
  const show = (said, asks) => {
    isAsking = asks;
    bar.hidden = !said;
    button.hidden = !asks;
    words.textContent = said;
  };
  // The server knows best: another page of the same browser may have been used meanwhile.
  const ask = async (method) => {
    const headers = { "X-CSRF-Token": bar.dataset.token };
    const answer = await fetch("/console/staying", { method, headers, redirect: "manual" });
    const seconds = answer.ok ? (await answer.json()).left : 0;
    ends = Date.now() + seconds * 1000;
  };
  const look = async () => {
    await ask("GET").catch(() => {});
    if (left() > WARNING + 5) {
      show("", false);
      wait(left() - WARNING, look);
    } else if (left() > 0) {
      show(bar.dataset.soon, true);
      wait(left() + 1, look);
    } else {
      show(bar.dataset.over, false);
    }
  };
  const stay = async () => {
    if (!isAsking) return;
    isAsking = false;
    await ask("POST").catch(() => {});
    if (left() > 0 && left() <= WARNING + 5) {
      show(bar.dataset.last, false);
      wait(left() + 1, look);
    } else {
      look();
    }
  };
  document.addEventListener("keydown", stay);
  document.addEventListener("input", stay);
  button.addEventListener("click", stay);
  document.addEventListener("visibilitychange", () => document.hidden || left() > WARNING || look());
  wait(left() - WARNING, look);
}
