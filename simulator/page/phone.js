// One phone on the table: its head, its chat, its menu, and the hands of its owner.

import { eachMinute, now } from "/static/clock.js";
import { ask, beijing, el, icon, say } from "/static/dom.js";
import { divider, draw } from "/static/entries.js";
import { openScanner } from "/static/scanner.js";

const ODDITIES = [["发一篇两万字节的长文", { odd: "huge" }], ["发生僻字和表情符号", { odd: "emoji" }], ["发一段乱码", { odd: "malformed" }], ["发空消息", { odd: "empty" }]];

export class Phone {
  constructor(card) {
    this.openid = card.openid;
    this.name = card.name;
    this.last = null;
    this.build();
    this.update(card);
    this.catchUp();
    this.drawMenu();
    document.addEventListener("click", (event) => this.tidy(event.target));
    eachMinute((at) => { this.time.textContent = at.time; });
  }

  build() {
    this.time = el("span", {}, beijing(now()).time);
    this.title = el("h2", {}, "金秋之家");
    this.chat = el("div", { className: "chat", role: "log", ariaLabel: `${this.name}的聊天`, tabIndex: 0 });
    this.input = el("input", { type: "text", ariaLabel: `${this.name}要说的话`, placeholder: "发消息", autocomplete: "off", maxLength: 8000 });
    this.drawer = el("div", { className: "drawer", hidden: true }, ...this.tools());
    this.more = el("div", { className: "sheet", hidden: true }, ...this.actions());
    this.menu = el("nav", { className: "bar", ariaLabel: "公众号菜单" });
    this.tail = el("footer", {}, this.writing(), this.drawer, this.menu);
    this.stranger = this.welcome();
    const status = el("div", { className: "status", ariaHidden: "true" }, this.time, el("span", { className: "signal" }));
    const head = el("header", {}, el("span", { className: "back", ariaHidden: "true" }, "‹"), this.title, this.button("⋯", "更多", () => this.toggle(this.more)));
    const body = el("div", { className: "body" }, status, head, this.more, this.stranger, this.chat, this.tail);
    this.owner = el("p", { className: "owner" }, el("b", {}, this.name), "的手机");
    this.frame = el("section", { className: "phone", ariaLabel: `${this.name}的手机`, "data-openid": this.openid }, this.owner, body);
  }

  writing() {
    const send = el("button", { className: "send" }, "发送");
    const plus = this.button("＋", "更多功能", () => this.toggle(this.drawer));
    return el("form", { className: "writing", onsubmit: (event) => this.write(event) }, this.input, send, plus);
  }

  tools() {
    const file = el("input", { type: "file", accept: "image/*", hidden: true, onchange: () => this.sendFile(file) });
    const tool = (sign, label, act) => el("button", { type: "button", onclick: act }, icon(sign), label);
    return [
      tool("mic", "语音", () => this.act("voice", { seconds: 4 })),
      tool("picture", "图片", () => this.act("picture")),
      tool("folder", "选图片", () => file.click()),
      tool("pin", "位置", () => this.act("location")),
      tool("smile", "表情", () => this.act("sticker")),
      tool("link", "链接", () => this.act("link")),
      tool("scan", "扫一扫", () => openScanner(this)),
      file,
    ];
  }

  actions() {
    const item = (label, act) => el("button", { type: "button", onclick: () => { this.more.hidden = true; act(); } }, label);
    return [
      item("扫一扫", () => openScanner(this)),
      item("取消关注", () => this.act("unfollow")),
      ...ODDITIES.map(([label, odd]) => item(label, () => this.act("say", odd))),
      item("发生一件没见过的事件", () => this.act("event", {})),
      item("清空屏幕", async () => { await ask(`/sim/phones/${this.openid}/screen`, undefined, "DELETE"); this.wipe(); }),
    ];
  }

  welcome() {
    return el("div", { className: "welcome" },
      el("img", { src: "/static/leaf.svg", alt: "" }),
      el("h3", {}, "金秋之家"),
      el("p", {}, "东禾县离退休干部服务号"),
      el("button", { type: "button", className: "primary", onclick: () => this.act("follow") }, "关注公众号"),
      el("button", { type: "button", className: "second", onclick: () => openScanner(this) }, "扫一扫"));
  }

  button(sign, label, act) {
    return el("button", { type: "button", className: "icon", ariaLabel: label, title: label, onclick: act }, sign);
  }

  toggle(part) {
    part.hidden = !part.hidden;
    this.toBottom();
  }

  update(card) {
    const changed = this.following !== card.following;
    this.following = card.following;
    this.frame.classList.toggle("following", card.following);
    this.stranger.hidden = card.following;
    this.tail.hidden = !card.following;
    if (changed && card.following) this.drawMenu();
  }

  async catchUp() {
    const entries = await ask(`/sim/phones/${this.openid}/screen?after=${this.last ? this.last.seq : 0}`);
    (entries || []).forEach((entry) => this.add(entry));
  }

  add(entry) {
    if (this.last && entry.seq <= this.last.seq) return;
    const when = divider(entry, this.last);
    if (when) this.chat.append(when);
    this.chat.append(draw(entry, this));
    this.last = entry;
    this.typing(false);
    this.toBottom();
  }

  toBottom() {
    requestAnimationFrame(() => { this.chat.scrollTop = this.chat.scrollHeight; });
    this.chat.querySelectorAll("img:not([data-heard])").forEach((image) => {
      image.dataset.heard = "1";
      image.addEventListener("load", () => { this.chat.scrollTop = this.chat.scrollHeight; });
    });
  }

  wipe() {
    this.chat.replaceChildren();
  }

  typing(on) {
    this.title.textContent = on ? "对方正在输入…" : "金秋之家";
  }

  async write(event) {
    event.preventDefault();
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    await this.act("say", { text });
  }

  act(deed, asked = {}) {
    return ask(`/sim/phones/${encodeURIComponent(this.openid)}/${deed}`, asked);
  }

  choose(choice) {
    return this.act("say", { choice });
  }

  async sendFile(file) {
    const [picture] = file.files;
    if (!picture) return;
    const bytes = new Uint8Array(await picture.arrayBuffer());
    let binary = "";
    bytes.forEach((byte) => { binary += String.fromCharCode(byte); });
    const suffix = (picture.name.split(".").pop() || "png").toLowerCase();
    await this.act("picture", { content: btoa(binary), suffix });
    file.value = "";
  }

  async drawMenu() {
    const menu = await ask(`/sim/phones/${encodeURIComponent(this.openid)}/menu`);
    if (!menu) return;
    this.menu.replaceChildren(...menu.button.map((top) => this.column(top)));
    this.menu.hidden = menu.button.length === 0;
  }

  column(top) {
    const below = top.sub_button || [];
    if (!below.length) return el("div", {}, el("button", { type: "button", onclick: () => this.tap(top) }, top.name));
    const list = el("div", { className: "pop", hidden: true });
    const open = el("button", { type: "button", ariaExpanded: "false", onclick: () => this.unfold(list, open) }, el("i", { ariaHidden: "true" }, "≡"), top.name);
    list.append(...below.map((leaf) => el("button", { type: "button", onclick: () => { this.fold(); this.tap(leaf); } }, leaf.name)));
    return el("div", { onkeydown: (event) => event.key === "Escape" && this.fold() }, list, open);
  }

  unfold(list, button) {
    const wasShut = list.hidden;
    this.fold();
    list.hidden = !wasShut;
    button.setAttribute("aria-expanded", String(wasShut));
  }

  tidy(clicked) {
    if (!this.menu.contains(clicked)) this.fold();
    if (!this.frame.contains(clicked) || !clicked.closest("header, .sheet")) this.more.hidden = true;
  }

  fold() {
    this.menu.querySelectorAll(".pop").forEach((list) => { list.hidden = true; });
    this.menu.querySelectorAll("[aria-expanded]").forEach((button) => button.setAttribute("aria-expanded", "false"));
  }

  tap(leaf) {
    if (leaf.type === "view") this.open(leaf.url);
    return this.act("tap", leaf.key ? { key: leaf.key } : { name: leaf.name });
  }

  open(url) {
    if (!/^https?:/.test(url)) return say("这个链接打不开。");
    return window.open(`/sim/open?phone=${encodeURIComponent(this.openid)}&url=${encodeURIComponent(url)}`, "_blank", "noopener");
  }
}
