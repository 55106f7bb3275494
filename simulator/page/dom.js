// Small building blocks: make an element, ask the platform, say what went wrong.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  picture.setAttribute("aria-hidden", "true");
  picture.append(use);
  return picture;
}

const REASONS = {
  "not-following": "还没有关注，不能发消息。请先点“关注”。",
  "already-following": "已经关注了。",
  "unknown-code": "没有这个二维码。",
  "unknown-phone": "没有这部手机。",
  "unknown-button": "菜单已经换了，请再点一次。",
};

export async function ask(path, body, method) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  if (method) options.method = method;
  try {
    const response = await fetch(path, options);
    const answer = await response.json();
    if (!response.ok) say(REASONS[answer.error] || `没有办成：${answer.error}`);
    return response.ok ? answer : null;
  } catch {
    say("连不上模拟平台，请看看它是不是停了。");
    return null;
  }
}

let quiet;
export function say(text) {
  const place = document.getElementById("saying");
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(quiet);
  quiet = setTimeout(() => place.classList.remove("shown"), 4000);
}

const WEEKDAYS = ["日", "一", "二", "三", "四", "五", "六"];
const two = (number) => String(number).padStart(2, "0");

// The page always speaks Beijing time, wherever the browser stands.
export function beijing(seconds) {
  const at = new Date((seconds + 8 * 3600) * 1000);
  return {
    date: `${at.getUTCFullYear()}年${at.getUTCMonth() + 1}月${at.getUTCDate()}日`,
    day: `${at.getUTCMonth() + 1}月${at.getUTCDate()}日`,
    weekday: `星期${WEEKDAYS[at.getUTCDay()]}`,
    time: `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`,
    iso: `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`,
  };
}
