// What is looked at is the address's fragment, so that it can be linked to:
// #q=debian&os=linux&format=qcow2&sort=-size&theme=dark

function viewOf(fragment) {
  const asked = new URLSearchParams(fragment.replace(/^#/, ''));
  const sort = asked.get('sort') ?? '';
  return {
    query: asked.get('q') ?? '',
    filters: Object.fromEntries(kFilters.map(({ key }) => [key, new Set(asked.getAll(key))])),
    sort: kColumns.some(({ key }) => key === sort.replace('-', '')) ? sort : 'name',
    theme: asked.get('theme') ?? '',
  };
}

function fragmentOf(view) {
  const asked = new URLSearchParams();
  if (view.query) asked.set('q', view.query);
  for (const { key } of kFilters) for (const value of view.filters[key]) asked.append(key, value);
  if (view.sort !== 'name') asked.set('sort', view.sort);
  if (view.theme) asked.set('theme', view.theme);
  return `#${asked}`;
}

let view = viewOf(location.hash);
const watchers = [];
const onView = (watcher) => watchers.push(watcher);
const showView = () => watchers.forEach((watcher) => watcher(view));

// Browsers let an address change only so often: while somebody types, it waits.
let writing;
function changeView(change) {
  view = { ...view, ...change };
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, '', fragmentOf(view)), 150);
  showView();
}

function toggle(key, value) {
  const wanted = new Set(view.filters[key]);
  if (!wanted.delete(value)) wanted.add(value);
  changeView({ filters: { ...view.filters, [key]: wanted } });
}

window.addEventListener('hashchange', () => {
  view = viewOf(location.hash);
  showView();
});
