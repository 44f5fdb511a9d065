// Elements and words. Whatever a user named reaches the page as text only.

const byId = (id) => document.getElementById(id);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === false) continue;
    if (name === 'text') node.textContent = value;
    else if (name === 'on') {
      for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    } else if (name === 'style') Object.assign(node.style, value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

// element('td', {class: 'name', text: '...', on: {click}}, child, ...)
const element = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children);

const drawn = (tag, attributes, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

// A name may turn the direction of writing, but of itself only.
const nameOf = (text, attributes) => element('bdi', { ...attributes, text });

const kUnits = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

function bytesText(bytes) {
  if (bytes === undefined) return '';
  const unit = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), kUnits.length - 1);
  const value = bytes / 1024 ** unit;
  if (bytes === 1) return '1 byte';
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${kUnits[unit]}`;
}

const numberText = (number) => number.toLocaleString('en');
const countText = (count, one, many) => `${numberText(count)} ${count === 1 ? one : many}`;

const kSpans = [
  [365.25 * 86400, 'year'], [30.44 * 86400, 'month'], [86400, 'day'], [3600, 'hour'], [60, 'minute'],
];

function ageText(seconds, now) {
  const age = Math.max(0, now - seconds);
  for (const [span, word] of kSpans) {
    const count = Math.floor(age / span);
    if (count >= 1) return countText(count, word, `${word}s`);
  }
  return 'just now';
}

const dateText = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
const timeText = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
