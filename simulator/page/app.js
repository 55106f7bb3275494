// Puts the phones on the table, keeps them up to date, and remembers which ones stand there.

import * as clock from "/static/clock.js";
import { ask, el, say } from "/static/dom.js";
import * as faults from "/static/faults.js";
import { Phone } from "/static/phone.js";

const SHOWN = "jinqiu-phones";
const AT_FIRST = 3;
const table = document.getElementById("table");
const phones = new Map();
let cards = [];

async function start() {
  await clock.build(document.getElementById("clock"));
  await faults.build(document.getElementById("fault-list"));
  cards = (await ask("/sim/phones")) || [];
  const kept = JSON.parse(localStorage.getItem(SHOWN) || "null");
  const wanted = (kept || cards.map((card) => card.openid).slice(0, AT_FIRST)).filter((openid) => known(openid));
  (wanted.length ? wanted : cards.slice(0, AT_FIRST).map((card) => card.openid)).forEach(show);
  drawPeople();
  drawBooks();
  listen();
  document.body.dataset.ready = "yes";
}

const known = (openid) => cards.find((card) => card.openid === openid);

function show(openid) {
  if (phones.has(openid) || !known(openid)) return;
  const phone = new Phone(known(openid));
  phone.owner.append(el("button", { type: "button", className: "away", ariaLabel: `收起${phone.name}的手机`, title: "收起", onclick: () => putAway(openid) }, "×"));
  phones.set(openid, phone);
  table.append(phone.frame);
  remember();
}

function putAway(openid) {
  phones.get(openid)?.frame.remove();
  phones.delete(openid);
  remember();
  drawPeople();
}

function remember() {
  localStorage.setItem(SHOWN, JSON.stringify([...phones.keys()]));
}

function drawPeople() {
  const place = document.getElementById("people");
  const others = cards.filter((card) => !phones.has(card.openid));
  const choice = el("select", { ariaLabel: "拿出谁的手机", onchange: () => { show(choice.value); drawPeople(); } },
    el("option", { value: "" }, others.length ? `拿出一部手机（还有${others.length}部）` : "手机都在桌上"),
    ...others.slice(0, 500).map((card) => el("option", { value: card.openid }, card.name)));
  choice.disabled = others.length === 0;
  const name = el("input", { type: "text", ariaLabel: "新手机的主人", placeholder: "新来的人叫…", maxLength: 20, required: true });
  const form = el("form", { className: "goto", onsubmit: (event) => addPerson(event, name) }, name, el("button", {}, "添一部"));
  place.replaceChildren(el("h2", {}, "手机"), choice, form);
}

async function addPerson(event, name) {
  event.preventDefault();
  const card = await ask("/sim/phones", { name: name.value.trim() });
  if (!card) return;
  meet(card);
  show(card.openid);
  drawPeople();
}

function meet(card) {
  const before = known(card.openid);
  if (before) Object.assign(before, card);
  else cards.push(card);
  phones.get(card.openid)?.update(card);
  if (!before) drawPeople();
}

async function drawBooks() {
  const [pushes, account] = [await ask("/sim/pushes"), await ask("/sim/account")];
  if (!pushes || !account) return;
  const rows = [["已回答", pushes.answered], ["已收下不回", pushes.silent], ["出故障", pushes.fault]];
  const press = async () => {
    const found = await ask("/sim/verify", {});
    if (found) say(found.ok ? "地址验证通过。" : "地址验证没有通过，请看服务是否在运行。");
  };
  document.getElementById("books").replaceChildren(el("h2", {}, "推送"),
    el("dl", { className: "books" }, ...rows.flatMap(([name, number]) => [el("dt", {}, name), el("dd", {}, String(number || 0))])),
    el("button", { type: "button", className: "wide", onclick: press, title: account.webhook }, "验证服务地址"));
}

let due;
function booksSoon() {
  due ??= setTimeout(() => { due = undefined; drawBooks(); }, 1500);
}

const HEARD = {
  entry: (news) => { phones.get(news.openid)?.add(news.entry); booksSoon(); },
  phone: meet,
  typing: (news) => phones.get(news.openid)?.typing(news.on),
  menu: () => phones.forEach((phone) => phone.drawMenu()),
  clock: clock.told,
  faults: (news) => faults.told(news.faults),
};

function listen() {
  const live = new EventSource("/sim/live");
  live.onopen = () => phones.forEach((phone) => phone.catchUp());
  live.onmessage = (message) => {
    const news = JSON.parse(message.data);
    HEARD[news.event]?.(news);
  };
}

start();
