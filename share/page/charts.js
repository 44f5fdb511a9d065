// The figures on top, and the charts: drawn as wide as there is room.

const own = data.images.filter(isOwn);

const nothingYet = () => element('p', { class: 'muted', text: 'Nothing yet.' });

function tile(label, value, note) {
  return element('div', { class: 'tile card' }, element('span', { class: 'muted', text: label }),
    element('strong', { text: value }), element('span', { class: 'muted small', text: note }));
}

const timesText = (factor) => `${factor >= 100 ? Math.round(factor) : factor.toFixed(1)}×`;

function showTiles() {
  const active = own.filter((image) => image.state === 'active').length;
  const others = data.images.length - own.length;
  const tiles = [
    tile(isOperator ? 'Images' : 'Own images', numberText(own.length), `${numberText(active)} active`),
    tile('Disks', bytesText(sumOf(own, 'virtual_size')), 'as machines see them'),
    tile('Uploaded', bytesText(sumOf(own, 'size')), 'as files'),
  ];
  if (data.space) {
    const { logical, stored } = data.space;
    const saves = logical > stored;
    tiles.push(tile('Stored', bytesText(stored),
      saves ? `${timesText(logical / stored)} less than the data of all disks` : 'compressed, each piece once'));
  } else {
    tiles.push(tile('From others', numberText(others), 'public, community and shared'));
  }
  byId('tiles').replaceChildren(...tiles);
}

// Paper may have less room than the screen: it shrinks then.
const canvas = (width, height, attributes) =>
  drawn('svg', { width, height, viewBox: `0 0 ${width} ${height}`, ...attributes });

// ---- Space: bars, longest first -------------------------------------------

function spaceBars() {
  if (!data.space) {
    return [{ label: 'Virtual', bytes: sumOf(own, 'virtual_size'), note: 'what machines see' },
      { label: 'Uploaded', bytes: sumOf(own, 'size'), note: 'what was sent' }];
  }
  const { logical, compressed, stored } = data.space;
  return [{ label: 'Logical', bytes: logical, note: 'data of all disks, without holes' },
    { label: 'Compressed', bytes: compressed, note: 'each image by itself' },
    { label: 'Stored', bytes: stored, note: 'each piece once' }];
}

function drawBars(bars, width) {
  const most = Math.max(1, ...bars.map(({ bytes }) => bytes));
  const said = bars.map(({ label, bytes }) => `${label} ${bytesText(bytes)}`).join(', ');
  const chart = canvas(width, bars.length * 54, { role: 'img', 'aria-label': said });
  bars.forEach(({ label, bytes, note }, place) => {
    const y = place * 54;
    const length = bytes > 0 ? Math.max(4, (bytes / most) * width) : 0;
    chart.append(
      drawn('text', { x: 0, y: y + 13, class: 'label', text: label }),
      drawn('text', { x: width, y: y + 13, class: 'value', text: bytesText(bytes) }),
      drawn('rect', { x: 0, y: y + 20, width, height: 9, rx: 4.5, class: 'track' }),
      drawn('rect', { x: 0, y: y + 20, width: length, height: 9, rx: 4.5, class: `fill-${place}` }),
      drawn('text', { x: 0, y: y + 43, class: 'note', text: note }));
  });
  return chart;
}

// The most that one owner, or one image, takes of what was uploaded.
function largest() {
  if (!isOperator) return own.map(({ name, size }) => ({ name, size }));
  const sizes = new Map();
  for (const { owner, size } of own) sizes.set(owner, (sizes.get(owner) ?? 0) + size);
  return [...sizes].map(([name, size]) => ({ name, size }));
}

function largestList() {
  const most = largest().filter(({ size }) => size > 0).sort((a, b) => b.size - a.size).slice(0, isOperator ? 2 : 3);
  if (most.length === 0) return [];
  return [element('h3', { text: isOperator ? 'Largest projects, uploaded' : 'Largest uploads' }),
    element('ol', { class: 'largest' }, ...most.map(({ name, size }) =>
      element('li', {}, nameOf(name), element('span', { class: 'muted', text: bytesText(size) }))))];
}

const drawSpace = (width) => [drawBars(spaceBars(), width), ...largestList()];

// ---- Growth: two curves over one time --------------------------------------

// A round step, of which about `wanted` reach up to `most`.
function roundStep(most, wanted, base) {
  const rough = Math.max(most / wanted, 1);
  const power = base ** Math.floor(Math.log(rough) / Math.log(base));
  const steps = base === 10 ? [1, 2, 5, 10] : [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
  return power * steps.find((step) => step * power >= rough);
}

// Before the first step and after the last, so that both are seen.
const kRoom = 8;

function drawCurve({ field, label, base, text }, box, points, span) {
  const most = Math.max(1, ...points.map((point) => point[field]));
  const step = roundStep(most, 3, base);
  const top = Math.ceil(most / step) * step;
  const x = (at) => box.left + kRoom + ((at - span.from) / (span.to - span.from)) * (box.right - box.left - 2 * kRoom);
  const y = (value) => box.bottom - (value / top) * (box.bottom - box.top);
  const curve = drawn('g', {}, drawn('text', { x: box.left, y: box.top - 8, class: 'label', text: label }));
  for (let value = 0; value <= top; value += step) {
    curve.append(drawn('line', { x1: box.left, x2: box.right, y1: y(value), y2: y(value), class: 'grid' }),
      drawn('text', { x: box.left - 6, y: y(value) + 4, class: 'tick end', text: text(value) }));
  }
  let line = `M${box.left} ${y(0)}`;
  for (const point of points) line += `H${x(point.at).toFixed(1)}V${y(point[field]).toFixed(1)}`;
  line += `H${box.right}`;
  curve.append(drawn('path', { d: `${line}V${box.bottom}H${box.left}Z`, class: `area ${field}` }),
    drawn('path', { d: line, class: `line ${field}` }));
  return curve;
}

function timeTicks(span, width) {
  const count = Math.max(2, Math.min(5, Math.floor(width / 90)));
  const long = span.to - span.from > 2 * 86400;
  return Array.from({ length: count }, (_, place) => {
    const at = span.from + ((span.to - span.from) * place) / (count - 1);
    const text = long ? dateText(at) : timeText(at).slice(11, 16);
    return { share: place / (count - 1), text };
  });
}

function drawGrowth(width) {
  const points = data.growth;
  if (points.length === 0) return [nothingYet()];
  const last = points[points.length - 1];
  const span = { from: points[0].at, to: Math.max(data.as_of, last.at, points[0].at + 1) };
  const box = { left: 62, right: width - 4 };
  const curves = [
    { field: 'images', label: `Images: ${numberText(last.images)}`, base: 10, text: numberText },
    { field: 'bytes', label: `Uploaded: ${bytesText(last.bytes)}`, base: 1024,
      text: (value) => (value === 0 ? '0' : bytesText(value)) },
  ];
  const chart = canvas(width, 226, { role: 'img', 'aria-label':
    `From ${dateText(span.from)} to ${dateText(span.to)} it grew to ${countText(last.images, 'image', 'images')} ` +
    `and ${bytesText(last.bytes)}` });
  curves.forEach((curve, place) => {
    chart.append(drawCurve(curve, { ...box, top: 20 + place * 104, bottom: 90 + place * 104 }, points, span));
  });
  for (const { share, text } of timeTicks(span, width - 66)) {
    const place = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    chart.append(drawn('text', { x: box.left + share * (box.right - box.left), y: 218, class: `tick ${place}`, text }));
  }
  return [chart];
}

// ---- What there is: shares, which filter ------------------------------------

function shares(filter, of, colour) {
  const counts = valuesOf({ of });
  const most = counts.slice(0, 7);
  const rest = counts.slice(7).reduce((sum, [, count]) => sum + count, 0);
  const parts = most.map(([value, count], place) => ({ value, count, colour: colour(value, place) }));
  return { filter, parts, rest };
}

function drawShares({ filter, parts, rest }, width) {
  if (parts.length === 0) return [];
  const all = parts.reduce((sum, { count }) => sum + count, rest);
  const bar = canvas(width, 14, { 'aria-hidden': 'true' });
  let x = 0;
  for (const { count, colour } of [...parts, { count: rest, colour: 'c0' }]) {
    const length = (count / Math.max(1, all)) * width;
    // A hair of the card between two parts.
    const part = { x, y: 0, width: Math.max(1, length - 2), height: 14, rx: 3, class: colour };
    if (length > 0) bar.append(drawn('rect', part));
    x += length;
  }
  const insideOf = (value, count, colour) => [element('span', { class: `dot ${colour}` }), nameOf(value),
    element('span', { class: 'muted', text: numberText(count) })];
  const keys = parts.map(({ value, count, colour }) => element('button', { type: 'button', class: 'key',
    'data-key': filter.key, 'data-value': value, title: `Show only: ${valueText(value)}`,
    on: { click: () => toggle(filter.key, value) } }, ...insideOf(valueText(value), count, colour)));
  if (rest > 0) keys.push(element('span', { class: 'key' }, ...insideOf('others', rest, 'c0')));
  return [element('h3', { text: filter.label }), bar, element('div', { class: 'keys' }, ...keys)];
}

const filterOf = (key) => kFilters.find((filter) => filter.key === key);
const kShares = [
  shares(filterOf('os'), (image) => [image.system], (system) => colourOf(system)),
  shares(filterOf('format'), (image) => [image.format ?? ''],
    (format, place) => (format ? `c${((place + 5) % kColours) + 1}` : 'c0')),
];

// ---- All of them -------------------------------------------------------------

function drawInto(id, draw) {
  const place = byId(id);
  place.replaceChildren(...draw(Math.max(200, Math.floor(place.clientWidth))));
}

function showPressed() {
  for (const key of document.querySelectorAll('#kinds [data-key]')) {
    key.setAttribute('aria-pressed', String(view.filters[key.dataset.key].has(key.dataset.value)));
  }
}
onView(showPressed);

function drawCharts() {
  drawInto('space', drawSpace);
  drawInto('growth', drawGrowth);
  drawInto('kinds', (width) => kShares.flatMap((share) => drawShares(share, width)));
  if (data.images.length === 0) byId('kinds').append(nothingYet());
  showPressed();
}

let drawnWidth = 0;
window.addEventListener('resize', () => {
  if (document.documentElement.clientWidth === drawnWidth) return;
  drawnWidth = document.documentElement.clientWidth;
  drawCharts();
});
