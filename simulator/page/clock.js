// The clock that can be moved days ahead, shown by both calendars.

import { ask, beijing, el } from "/static/dom.js";

const STEPS = [["1小时", 3600], ["1天", 86400], ["3天", 259200], ["7天", 604800], ["30天", 2592000]];
const watchers = [];
let ahead = 0;
let shown = {};

export const now = () => Date.now() / 1000 + ahead;
export const eachMinute = (watch) => watchers.push(watch);

export function build(place) {
  shown = {
    time: el("p", { className: "time" }),
    date: el("p", { className: "date" }),
    lunar: el("p", { className: "lunar" }),
    moved: el("p", { className: "moved" }),
    goal: el("input", { type: "date", ariaLabel: "拨到哪一天" }),
    hour: el("input", { type: "time", ariaLabel: "拨到几点", value: "09:00" }),
  };
  const steps = STEPS.map(([label, seconds]) => step(`＋${label}`, { seconds }));
  const goTo = el("form", { className: "goto", onsubmit: moveToDay }, shown.goal, shown.hour, el("button", {}, "拨到这天"));
  place.append(shown.time, shown.date, shown.lunar, shown.moved, el("div", { className: "steps" }, ...steps, step("回到现在", { offset: 0 })), goTo);
  setInterval(tick, 1000);
  setInterval(refresh, 30000);
  return refresh();
}

export function told(clock) {
  ahead = clock.now - Date.now() / 1000;
  shown.lunar.textContent = `农历${clock.year}年${clock.lunar}`;
  shown.moved.textContent = Math.abs(clock.offset) < 1 ? "" : `比真实时间${clock.offset > 0 ? "快" : "慢"}${span(Math.abs(clock.offset))}`;
  shown.goal.value = beijing(clock.now).iso;
  tick();
}

async function refresh() {
  const clock = await ask("/sim/clock");
  if (clock) told(clock);
}

function step(label, move) {
  return el("button", { type: "button", className: "offset" in move ? "wide" : "", onclick: async () => told(await ask("/sim/clock", move)) }, label);
}

async function moveToDay(event) {
  event.preventDefault();
  const goal = Date.parse(`${shown.goal.value}T${shown.hour.value}:00+08:00`);
  if (!Number.isNaN(goal)) told(await ask("/sim/clock", { offset: Math.round((goal - Date.now()) / 1000) }));
}

function tick() {
  const at = beijing(now());
  const date = `${at.date} ${at.weekday}`;
  if (shown.time.textContent === at.time && shown.date.textContent === date) return;
  shown.time.textContent = at.time;
  shown.date.textContent = date;
  watchers.forEach((watch) => watch(at));
}

function span(seconds) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.round((seconds % 86400) / 3600);
  return `${days ? `${days}天` : ""}${hours ? `${hours}小时` : ""}` || `${Math.round(seconds / 60)}分钟`;
}
