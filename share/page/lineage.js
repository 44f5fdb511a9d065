// Which image came in the place of which, and where version pointers lead: each
// family a tree that grows to the left of its newest image. Whatever is replaced is so by
// one image, and a pointer leads to one name; so everything has one next.

const kStepX = 240, kStepY = 52, kBoxX = 196, kBoxY = 42;
const kFamiliesAtOnce = 3;
const kMostColumns = 12, kMostBefore = 8;

// What is there in the families, by key; `next`: the key of what comes after it.
function lineageNodes() {
  const nodes = new Map();
  const kindOf = (thing) => (thing.target === undefined ? 'image' : 'pointer');
  const keyFor = (thing) => `${kindOf(thing)}\n${thing.id ?? keyOf(thing.owner, thing.name)}`;
  const add = (key, node) => {
    if (!nodes.has(key)) nodes.set(key, { key, before: [], ...node });
    return nodes.get(key);
  };
  const addThing = (thing) => add(keyFor(thing), { thing, name: thing.name, kind: kindOf(thing) });
  const addGone = (owner, name) => add(`gone\n${keyOf(owner, name)}`, { name, kind: 'gone' });
  for (const thing of [...data.images, ...data.pointers]) {
    const name = thing.target ?? thing.replacement;
    if (!name) continue;
    const found = named(thing.owner, name);
    const node = addThing(thing);
    node.next = found ? addThing(found) : addGone(thing.owner, name);
  }
  return nodes;
}

// Takes out what would lead round in a circle, and lists what comes before each.
function untangle(nodes) {
  const done = new Set();
  for (const node of nodes.values()) {
    const path = new Set();
    let at = node;
    while (at.next && !done.has(at) && !path.has(at)) {
      path.add(at);
      at = at.next;
    }
    if (path.has(at)) {
      at.round = at.next;
      at.next = undefined;
    }
    for (const passed of path) done.add(passed);
  }
  for (const node of nodes.values()) node.next?.before.push(node);
}

// The first of what comes before a node, images before pointers, and one that stands
// for the rest: whoever makes thousands is to spoil nobody's page.
function firstBefore(node, column) {
  const kinds = { image: 0, gone: 1, pointer: 2 };
  node.before.sort((a, b) => kinds[a.kind] - kinds[b.kind] || collator.compare(a.name, b.name));
  const most = column < kMostColumns ? kMostBefore : 0;
  if (node.before.length <= most) return node.before;
  const rest = node.before.length - most;
  return [...node.before.slice(0, most),
    { kind: 'more', name: `${numberText(rest)} more`, next: node, before: [] }];
}

// Gives each a column, counted from the right, and a row; the first of those before
// it stands in line with it, the others below. `family.free`: by column, the first row
// that nothing stands in yet.
function place(node, column, row, family) {
  Object.assign(node, { column, row });
  family.members.push(node);
  family.free[column] = row + 1;
  firstBefore(node, column).forEach((before, order) => {
    const alone = before.before.length === 0;
    const taken = family.free.slice(column + 1, alone ? column + 2 : undefined);
    place(before, column + 1, order === 0 ? row : Math.max(row, ...taken), family);
  });
}

function familyOf(newest) {
  const family = { members: [], free: [] };
  place(newest, 0, 0, family);
  return { ...family, columnCount: family.free.length, rowCount: Math.max(...family.free) };
}

function familiesOf() {
  const nodes = lineageNodes();
  untangle(nodes);
  const families = [...nodes.values()].filter((node) => !node.next).map(familyOf);
  return families.sort((a, b) => b.members.length - a.members.length ||
    collator.compare(a.members[0].name, b.members[0].name));
}

function saidOf(node) {
  const said = [node.name];
  if (node.kind === 'pointer') said.push('version pointer');
  if (node.kind === 'gone') said.push('not in this catalogue');
  if (node.thing?.deprecated) said.push('deprecated');
  const next = node.next ?? node.round;
  if (next) said.push(`${node.kind === 'pointer' ? 'points to' : 'replaced by'} ${next.name}`);
  return said.join(', ');
}

function noteOf({ kind, thing, round }) {
  if (round) return `↻ leads round to ${round.name}`;
  if (kind === 'gone') return 'not in this catalogue';
  if (kind === 'more') return 'not drawn';
  if (kind === 'pointer') return isOperator ? `pointer · ${thing.owner}` : 'version pointer';
  const version = [thing.system, thing.os_version].filter(Boolean).join(' ');
  const notes = [thing.deprecated ? 'deprecated' : version || thing.state];
  if (isOperator || thing.source !== 'own') notes.push(thing.owner);
  return notes.join(' · ');
}

const columnX = (node, family) => (family.columnCount - 1 - node.column) * kStepX;

function boxOf(node, family) {
  const kind = `box ${node.kind}${node.thing?.deprecated ? ' deprecated' : ''}`;
  const style = { left: `${columnX(node, family)}px`, top: `${node.row * kStepY}px`,
    width: `${kBoxX}px`, height: `${kBoxY}px` };
  const inside = [nameOf(node.name, { class: 'title' }), nameOf(noteOf(node), { class: 'muted' })];
  const said = saidOf(node);
  if (node.kind !== 'image') return element('div', { class: kind, style, title: said }, ...inside);
  const search = () => goToImages(() => changeView({ query: node.name }));
  return element('button', { type: 'button', class: kind, style, title: said, 'aria-label': said,
    on: { click: search } }, ...inside);
}

function edgeOf(node, family) {
  const x = columnX(node, family) + kBoxX;
  const y = node.row * kStepY + kBoxY / 2;
  // What comes from below arrives below what comes in line.
  const toY = node.next.row * kStepY + kBoxY / 2 + (node.row > node.next.row ? 9 : 0);
  const toX = x + kStepX - kBoxX - 7;
  const middle = (x + toX) / 2;
  const kind = node.kind === 'pointer' ? 'points' : 'replaced';
  return drawn('g', { class: kind },
    drawn('path', { d: `M${x} ${y}C${middle} ${y} ${middle} ${toY} ${toX} ${toY}`, class: 'edge' }),
    drawn('path', { d: `M${toX - 1} ${toY - 4.5}L${toX + 7} ${toY}L${toX - 1} ${toY + 4.5}Z`, class: 'head' }));
}

function drawFamily(family) {
  const width = (family.columnCount - 1) * kStepX + kBoxX;
  const height = (family.rowCount - 1) * kStepY + kBoxY;
  const edges = drawn('svg', { width, height, 'aria-hidden': 'true' });
  edges.append(...family.members.filter((node) => node.next).map((node) => edgeOf(node, family)));
  // Read aloud from the oldest to the newest.
  const boxes = [...family.members].reverse().map((node) => boxOf(node, family));
  return element('div', { class: 'family' },
    element('div', { style: { width: `${width}px`, height: `${height}px` } }, edges, ...boxes));
}

const families = familiesOf();
let allFamilies = false;

function showLineage() {
  if (families.length === 0) return;
  const shown = new Set(imagesOf(view));
  const all = shown.size === data.images.length;
  const found = families.filter(({ members }) => all || members.some(({ thing }) => shown.has(thing)));
  byId('lineage-card').hidden = false;
  byId('lineage').replaceChildren(...(allFamilies ? found : found.slice(0, kFamiliesAtOnce)).map(drawFamily));
  // Where there is not room for all, the newest are seen.
  for (const family of byId('lineage').children) family.scrollLeft = family.scrollWidth;
  if (found.length === 0) {
    byId('lineage').append(element('p', { class: 'muted', text: 'Nothing of what is shown below has any.' }));
  }
  const more = byId('lineage-more');
  more.hidden = found.length <= kFamiliesAtOnce;
  more.textContent = allFamilies ? 'Show less' : `Show all ${found.length}`;
}

byId('lineage-more').addEventListener('click', () => {
  allFamilies = !allFamilies;
  showLineage();
});
onView(showLineage);
