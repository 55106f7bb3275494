// The camera: choose one of the account's codes, or paste what is inside a printed one.

import { ask, el } from "/static/dom.js";

export async function openScanner(phone) {
  const dialog = document.getElementById("scanner");
  const codes = (await ask("/sim/codes")) || [];
  const scan = (asked) => { dialog.close(); return phone.act("scan", asked); };
  const text = el("input", { type: "text", ariaLabel: "二维码里的内容", placeholder: "粘贴场景值、票据或链接" });
  const paste = el("form", { className: "writing", onsubmit: (event) => { event.preventDefault(); use(text.value.trim(), phone, scan, dialog); } }, text, el("button", { className: "send" }, "扫"));
  const list = codes.slice(0, 60).map((code) => el("li", {}, el("button", { type: "button", onclick: () => scan({ ticket: code.ticket }) },
    el("img", { src: `/cgi-bin/showqrcode?ticket=${encodeURIComponent(code.ticket)}`, alt: "", loading: "lazy" }),
    el("span", {}, code.scene), el("small", {}, code.permanent ? "长期" : "临时"))));
  const hint = codes.length ? null : el("p", { className: "small" }, "公众号还没有生成过二维码。");
  dialog.replaceChildren(el("h2", {}, `${phone.name} · 扫一扫`), el("ul", { className: "codes" }, ...list), hint ?? "", paste,
    el("button", { type: "button", className: "wide", onclick: () => dialog.close() }, "不扫了"));
  dialog.showModal();
}

function use(content, phone, scan, dialog) {
  if (!content) return;
  const isPage = /^https?:\/\//.test(content) && !content.startsWith("http://weixin.qq.com/q/");
  if (!isPage) return scan({ content });
  dialog.close();
  phone.open(content);
}
