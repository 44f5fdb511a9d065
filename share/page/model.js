// What the page is about: the data that lies in it, what is looked for, and which
// images that leaves, in which order.

const data = JSON.parse(byId('data').textContent);
const isOperator = data.operator;
const isOwn = (image) => isOperator || image.source === 'own';
const now = Date.now() / 1000;

// Names as people sort them: debian-9 before debian-10.
const collator = new Intl.Collator('en', { numeric: true });

for (const image of data.images) {
  image.system = image.os_distro ?? image.os_type ?? '';
  image.tags ??= [];
  image.pointers = [];
  const words = [image.name, image.id, image.owner, image.system, image.os_type, image.os_version,
    image.format, image.state, image.visibility, image.source, image.description,
    image.deprecated ? 'deprecated' : '', ...image.tags];
  image.haystack = words.filter(Boolean).join('\n').toLowerCase();
}
data.images.sort((a, b) => collator.compare(a.name, b.name));
data.images.forEach((image, place) => { image.place = place; });

// An image or a pointer by the name that its project knows it by.
const keyOf = (owner, name) => `${owner}\n${name}`;
const imageByName = new Map(data.images.map((image) => [keyOf(isOwn(image) ? image.owner : '', image.name), image]));
const publicByName = new Map(
  data.images.filter(({ visibility }) => visibility === 'public').map((image) => [image.name, image]));
const imageById = new Map(data.images.map((image) => [image.id, image]));
const pointerByName = new Map(data.pointers.map((pointer) => [keyOf(pointer.owner, pointer.name), pointer]));

// What a name of `owner` means: a pointer, an image of the same project, one that is
// public, or nothing that is to be seen here.
function named(owner, name) {
  const key = keyOf(owner, name);
  return pointerByName.get(key) ?? imageByName.get(key) ?? imageById.get(name) ??
    imageByName.get(keyOf('', `${name}@${owner}`)) ?? publicByName.get(name);
}

function imageBehind(pointer) {
  const seen = new Set();
  let found = pointer;
  while (found?.target !== undefined) {
    if (seen.has(found)) return undefined;
    seen.add(found);
    found = pointerByName.get(keyOf(found.owner, found.target)) ?? imageByName.get(keyOf(found.owner, found.target));
  }
  return found;
}

for (const pointer of data.pointers) imageBehind(pointer)?.pointers.push(pointer);

// Filters: what of an image each one asks about; an image may answer to several values.
const kFilters = [
  { key: 'os', label: 'System', of: (image) => [...new Set([image.os_type ?? image.system, image.system])] },
  { key: 'format', label: 'Format', of: (image) => [image.format ?? ''] },
  { key: 'state', label: 'State', of: (image) => [image.state] },
  { key: 'visibility', label: 'Visibility', of: (image) => [image.visibility] },
  isOperator
    ? { key: 'owner', label: 'Owner', of: (image) => [image.owner] }
    : { key: 'source', label: 'Source', of: (image) => [image.source] },
  { key: 'tag', label: 'Tag', of: (image) => image.tags },
];

const kColumns = [
  { key: 'name', label: 'Name', of: (image) => image.place },
  isOperator
    ? { key: 'owner', label: 'Owner', of: (image) => image.owner }
    : { key: 'source', label: 'Source', of: (image) => image.source + image.owner },
  { key: 'os', label: 'System', of: (image) => `${image.system} ${image.os_version ?? ''}` },
  { key: 'format', label: 'Format', of: (image) => image.format ?? '' },
  { key: 'state', label: 'State', of: (image) => image.state },
  { key: 'visibility', label: 'Visibility', of: (image) => image.visibility },
  { key: 'virtual', label: 'Virtual', number: true, of: (image) => image.virtual_size },
  { key: 'size', label: 'Uploaded', number: true, of: (image) => image.size },
  ...(isOperator ? [{ key: 'stored', label: 'Stored', number: true, of: (image) => image.stored_size ?? 0 }] : []),
  { key: 'age', label: 'Age', number: true, of: (image) => now - image.created_at },
];

const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);

function passes(image, view, except) {
  return kFilters.every((filter) => {
    const wanted = view.filters[filter.key];
    if (filter === except || wanted.size === 0) return true;
    return filter.of(image).some((value) => wanted.has(value));
  });
}

// The images that a view shows, in its order.
function sortedImages(view) {
  const words = wordsOf(view.query);
  const shown = data.images.filter((image) =>
    words.every((word) => image.haystack.includes(word)) && passes(image, view));
  const column = kColumns.find(({ key }) => key === view.sort.replace('-', ''));
  const sign = view.sort.startsWith('-') ? -1 : 1;
  // They are in the order of names as they are.
  if (column.key === 'name') return sign > 0 ? shown : shown.reverse();
  const values = new Map(shown.map((image) => [image, column.of(image)]));
  const compare = column.number
    ? (a, b) => values.get(a) - values.get(b)
    : (a, b) => collator.compare(values.get(a), values.get(b));
  // What is equal stays in the order of names.
  return shown.sort((a, b) => sign * compare(a, b) || a.place - b.place);
}

// ... worked out once for a view, which more than one part of the page asks for.
let lastView, lastImages;
function imagesOf(view) {
  if (view !== lastView) lastImages = sortedImages(view);
  lastView = view;
  return lastImages;
}

// The values of a filter with how many images each would show, most first.
function valuesOf(filter, view) {
  const words = wordsOf(view?.query ?? '');
  const counts = new Map();
  for (const image of data.images) {
    for (const value of filter.of(image)) if (!counts.has(value)) counts.set(value, 0);
    if (view && !(words.every((word) => image.haystack.includes(word)) && passes(image, view, filter))) continue;
    for (const value of filter.of(image)) counts.set(value, counts.get(value) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || collator.compare(a[0], b[0]));
}

const sumOf = (images, field) => images.reduce((sum, image) => sum + (image[field] ?? 0), 0);
