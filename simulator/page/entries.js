// Everything that can stand in a chat: bubbles, cards, pictures, notes.

import { beijing, el } from "/static/dom.js";

const LINK = /<a\s+[^>]*?href="([^"]+)"[^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"，。；）)]+)/g;
const GAP = 300;

export function divider(entry, before) {
  if (before && entry.at - before.at < GAP && entry.at >= before.at) return null;
  const at = beijing(entry.at);
  return el("p", { className: "when" }, `${at.day} ${at.weekday} ${at.time}`);
}

export function draw(entry, phone) {
  if (entry.kind === "note") return el("p", { className: "note" }, entry.text);
  if (entry.kind === "notice-of-fault") return el("p", { className: "note fault", role: "alert" }, entry.text);
  if (entry.kind === "template" || entry.kind === "subscription") return notice(entry, phone);
  const side = entry.kind === "sent" ? "mine" : "theirs";
  return el("div", { className: `line ${side} ${entry.kind}`, "data-seq": entry.seq }, face(entry, phone), content(entry, phone));
}

function face(entry, phone) {
  if (entry.kind === "sent") return el("span", { className: "face person", ariaHidden: "true" }, phone.name.slice(0, 1));
  return el("img", { className: "face", src: "/static/leaf.svg", alt: "" });
}

function content(entry, phone) {
  if (entry.type === "image" || entry.type === "images") return picture(entry);
  if (entry.articles) return el("div", { className: "articles" }, ...entry.articles.map((each) => article(each, phone)));
  if (entry.choices) return menu(entry, phone);
  if (entry.type === "voice") return el("div", { className: "bubble voice" }, el("i", {}), ` ${entry.seconds || 3}″`);
  if (entry.type === "location") return place(entry);
  if (entry.type === "sticker") return el("img", { className: "sticker", src: "/static/sunflower.svg", alt: "表情：向日葵" });
  if (entry.type === "video") return el("a", { className: "bubble", href: `/sim/media/${entry.media_id}`, target: "_blank" }, "▶ 视频");
  if (entry.type === "music") return el("div", { className: "bubble" }, `♪ ${entry.text}`);
  return el("div", { className: "bubble" }, ...linked(entry.text, phone));
}

function picture(entry) {
  const src = `/sim/media/${entry.media_id}`;
  const look = () => {
    const viewer = document.getElementById("viewer");
    viewer.replaceChildren(el("img", { src, alt: "大图" }), el("button", { onclick: () => viewer.close() }, "关闭"));
    viewer.showModal();
  };
  return el("button", { className: "picture", type: "button", onclick: look, ariaLabel: "看大图" }, el("img", { src, alt: "图片" }));
}

function place(entry) {
  const name = entry.text.replace("[位置]", "").trim();
  return el("div", { className: "bubble place" }, el("b", {}, name || "我的位置"), el("span", { className: "map", ariaHidden: "true" }));
}

function menu(entry, phone) {
  const choices = entry.choices.map((choice) => el("button", { type: "button", onclick: () => phone.choose(choice) }, choice.content));
  return el("div", { className: "bubble menu" }, ...linked(entry.head || "", phone), ...choices, ...linked(entry.tail || "", phone));
}

function article(card, phone) {
  const inner = [el("b", {}, card.title || ""), el("span", {}, card.description || "")];
  if (card.picture) inner.unshift(el("img", { src: card.picture, alt: "" }));
  return link(card.url, phone, { className: "article" }, ...inner);
}

function notice(entry, phone) {
  const rows = entry.text.split("\n").map((line) => {
    const [name, ...rest] = line.split(": ");
    return el("div", {}, el("dt", {}, rest.length ? name : ""), el("dd", {}, rest.length ? rest.join(": ") : name));
  });
  const head = el("header", {}, el("img", { src: "/static/leaf.svg", alt: "" }), entry.kind === "template" ? "服务通知" : "订阅通知");
  const foot = entry.url ? link(entry.url, phone, { className: "more" }, "查看详情") : null;
  return el("article", { className: `notice ${entry.kind}`, "data-seq": entry.seq }, head, el("h3", {}, entry.title || ""), el("dl", {}, ...rows), foot);
}

function linked(text, phone) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(text.slice(from, found.index), link(found[1] || found[3], phone, {}, found[2] || found[3]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

function link(url, phone, attributes, ...children) {
  if (!/^https?:/.test(url || "")) return el("span", attributes, ...children);
  const href = `/sim/open?phone=${encodeURIComponent(phone.openid)}&url=${encodeURIComponent(url)}`;
  return el("a", { ...attributes, href, target: "_blank", rel: "noopener" }, ...children);
}
