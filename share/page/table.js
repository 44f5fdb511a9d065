// The table. Of many images only those are rows that somebody has scrolled to.

const kAtOnce = 40;
const rows = byId('rows');
let shownImages = [];

// One colour for each system, the same in the table and the charts; the most frequent
// ones have a colour of their own.
const kColours = 8;
const systemColour = new Map(
  valuesOf({ of: (image) => [image.system] }).filter(([system]) => system !== '')
    .map(([system], place) => [system, Math.min(place + 1, kColours)]));
const colourOf = (system) => `c${systemColour.get(system) ?? 0}`;

function badge(text, kind, title) {
  return element('span', { class: `badge ${kind}`, title, text });
}

function nameCell(image) {
  const line = element('div', { class: 'name' }, nameOf(image.name, { class: 'title' }));
  for (const pointer of image.pointers) {
    line.append(element('span', { class: 'badge pointer', title: `The version pointer ${pointer.name} leads here` },
      '↪ ', nameOf(pointer.name)));
  }
  if (image.deprecated) line.append(badge('deprecated', 'warn'));
  if (image.hidden) line.append(badge('hidden', 'quiet', 'Not listed for other projects'));
  const below = element('div', { class: 'below muted' });
  if (image.replacement) below.append(element('span', {}, 'replaced by ', nameOf(image.replacement)));
  if (image.description) below.append(nameOf(image.description, { class: 'description', title: image.description }));
  for (const tag of image.tags) {
    below.append(element('button', { type: 'button', class: 'tag', title: 'Filter by this tag',
      on: { click: () => goToImages(() => toggle('tag', tag)) } }, nameOf(tag)));
  }
  return [line, below.childNodes.length > 0 ? below : null];
}

function systemCell(image) {
  if (!image.system) return [element('span', { class: 'muted', text: '–' })];
  return [element('span', { class: 'system' },
    element('span', { class: `mark ${colourOf(image.system)}`, 'aria-hidden': 'true',
      text: [...image.system].slice(0, 2).join('') }),
    element('span', {}, nameOf(image.system), ' ', nameOf(image.os_version ?? '', { class: 'muted' })))];
}

const largestDisk = Math.max(1, ...data.images.map((image) => image.virtual_size));

// A figure with a bar of its share of the largest disk, by square root: disks of
// a gigabyte are to be seen beside those of a terabyte.
function sizeCell(bytes) {
  if (!bytes) return [element('span', { class: 'muted', text: '–' })];
  const share = Math.sqrt(bytes / largestDisk) * 100;
  return [element('span', { class: 'figure', text: bytesText(bytes) }),
    element('span', { class: 'bar', 'aria-hidden': 'true' },
      element('span', { style: { width: `${Math.min(share, 100)}%` } }))];
}

function stateCell(image) {
  return [element('span', { class: `state ${image.state}`, title: image.reason, text: image.state })];
}

function formatCell(image) {
  const wrapped = image.container && image.container !== 'bare' ? image.container : '';
  return [element('span', { class: 'mono', text: image.format || '–' }),
    wrapped ? element('span', { class: 'muted small', text: ` in ${wrapped}` }) : null];
}

function sourceCell(image) {
  if (image.source === 'own') return [badge('own', 'own')];
  return [element('span', { class: 'from' }, badge(image.source, 'other'),
    element('span', { class: 'muted small' }, 'of ', nameOf(image.owner)))];
}

const kCells = {
  name: nameCell,
  owner: (image) => [nameOf(image.owner)],
  source: sourceCell,
  os: systemCell,
  format: formatCell,
  state: stateCell,
  visibility: (image) => [element('span', { class: `visibility ${image.visibility}`, text: image.visibility })],
  virtual: (image) => sizeCell(image.virtual_size),
  size: (image) => sizeCell(image.size),
  stored: (image) => sizeCell(image.stored_size),
  age: (image) => [element('time', { datetime: new Date(image.created_at * 1000).toISOString(),
    title: timeText(image.created_at), text: ageText(image.created_at, now) })],
};

function rowOf(image) {
  return element('tr', { role: 'row', class: image.deprecated ? 'deprecated' : undefined },
    ...kColumns.map(({ key, label, number }) => element(key === 'name' ? 'th' : 'td', {
      role: key === 'name' ? 'rowheader' : 'cell', scope: key === 'name' ? 'row' : undefined,
      class: `${key}${number ? ' number' : ''}`, 'data-label': label,
    }, ...kCells[key](image))));
}

function addRows(most) {
  const from = rows.childElementCount;
  rows.append(...shownImages.slice(from, from + most).map(rowOf));
}

function heading(column) {
  const sorted = view.sort.replace('-', '') === column.key;
  const down = sorted && view.sort.startsWith('-');
  const next = sorted && !down ? `-${column.key}` : column.key;
  return element('th', { role: 'columnheader', scope: 'col', class: `${column.key}${column.number ? ' number' : ''}`,
    'aria-sort': sorted ? (down ? 'descending' : 'ascending') : undefined },
  element('button', { type: 'button', 'data-sort': column.key, on: { click: () => sortBy(next) } }, column.label,
    element('span', { class: 'arrow', 'aria-hidden': 'true', text: sorted ? (down ? '↓' : '↑') : '' })));
}

function sortBy(sort) {
  changeView({ sort });
  document.querySelector(`[data-sort="${sort.replace('-', '')}"]`).focus();
}

function showTable() {
  shownImages = imagesOf(view);
  byId('columns').replaceChildren(...kColumns.map(heading));
  rows.replaceChildren();
  addRows(kAtOnce);
  const all = data.images.length;
  const shown = shownImages.length;
  byId('count').textContent = `${shown === all ? '' : `${numberText(shown)} of `}${countText(all, 'image', 'images')}`;
  byId('nothing').hidden = shownImages.length > 0;
  byId('nothing').textContent = all === 0
    ? 'No images yet. Copy one into images/, and it is here when this page is opened again.'
    : 'No image is like that. Fewer words or filters show more.';
}

onView(showTable);
new IntersectionObserver((seen) => {
  if (seen.some((one) => one.isIntersecting)) addRows(kAtOnce);
}, { rootMargin: '1500px' }).observe(byId('end'));
// Paper does not scroll.
window.addEventListener('beforeprint', () => addRows(Infinity));
