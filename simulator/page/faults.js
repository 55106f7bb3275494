// The switches for bad days, in words a secretary understands.

import { ask, el, say } from "/static/dom.js";

const TEMPLATE = "/cgi-bin/message/template/send";
const CUSTOMER = "/cgi-bin/message/custom/send";

const SWITCHES = [
  ["推送", [
    ["每条消息推送两遍", { duplicate: 1 }, { duplicate: 0 }],
    ["同一时刻推送两遍", { concurrent: 1 }, { concurrent: 0 }],
    ["推送前后颠倒", { shuffle: 2 }, { shuffle: 0 }],
    ["结果通知抢先到达", { event_first: true }, { event_first: false }],
  ]],
  ["接口", [
    ["接口慢三秒", { latency: 3 }, { latency: 0 }],
    ["一直“系统繁忙”", { busy: -1 }, { busy: 0 }],
    ["客服消息发出后断线", { lose: { [CUSTOMER]: -1 } }, { lose: {} }],
    ["应答里多出字段", { extra_fields: true }, { extra_fields: false }],
  ]],
  ["限制", [
    ["模板消息当日额度用完", { refuse: { [TEMPLATE]: 45009 } }, { refuse: {} }],
    ["本机不在白名单", { whitelist: [] }, { whitelist: null }],
    ["群发要管理员确认", { admin_confirms: true }, { admin_confirms: false }],
    ["网页授权为快照访客", { snapshot: true }, { snapshot: false }],
  ]],
];
const ONCE = [
  ["令牌被别处作废", { void_token: true }, "令牌已经作废。"],
  ["平台停摆 30 秒", { outage: 30, outage_kind: "503" }, "平台停摆 30 秒。"],
  ["平台断线 30 秒", { outage: 30, outage_kind: "drop" }, "平台断线 30 秒。"],
  ["平台只收不答 30 秒", { outage: 30, outage_kind: "silent" }, "平台 30 秒内只收不答。"],
];
const boxes = [];

export async function build(place) {
  for (const [title, switches] of SWITCHES) {
    place.append(el("h3", {}, title), ...switches.map(toggle));
  }
  place.append(el("h3", {}, "一次"), el("div", { className: "steps" }, ...ONCE.map(once)));
  place.append(el("button", { type: "button", className: "wide plainly", onclick: () => ask("/sim/faults", undefined, "DELETE") }, "全部复原"));
  const standing = await ask("/sim/faults");
  if (standing) told(standing);
}

export function told(standing) {
  for (const [box, on] of boxes) {
    box.checked = Object.entries(on).every(([name, value]) => same(standing[name], value));
  }
  const active = boxes.filter(([box]) => box.checked).length;
  const badge = document.getElementById("faults-on");
  badge.hidden = active === 0;
  badge.textContent = `开着 ${active} 项`;
}

function toggle([label, on, off]) {
  const box = el("input", { type: "checkbox", role: "switch", onchange: () => ask("/sim/faults", box.checked ? on : off) });
  boxes.push([box, on]);
  return el("label", { className: "switch" }, box, el("span", {}, label));
}

function once([label, fault, done]) {
  return el("button", { type: "button", className: "wide", onclick: async () => (await ask("/sim/faults", fault)) && say(done) }, label);
}

function same(now, wanted) {
  return JSON.stringify(now) === JSON.stringify(wanted);
}
