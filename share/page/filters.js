// The search, the filters above the table, and what of them is in force.

const search = byId('search');
search.addEventListener('input', () => changeView({ query: search.value }));

document.addEventListener('keydown', (event) => {
  if (event.key === '/' && !event.target.closest('input, select, textarea')) {
    event.preventDefault();
    search.focus();
  }
  if (event.key === 'Escape') closeMenus();
});

const kNotSaid = 'not said';
const valueText = (value) => value || kNotSaid;

function choice(filter, [value, count]) {
  const box = element('input', { type: 'checkbox', on: { change: () => toggle(filter.key, value) } });
  box.checked = view.filters[filter.key].has(value);
  return element('label', { class: count === 0 ? 'none' : undefined }, box, nameOf(valueText(value)),
    element('span', { class: 'muted', text: numberText(count) }));
}

// A menu is filled when it is opened: the counts are of the view at that time.
function menuOf(filter) {
  const list = element('div', { class: 'menu' });
  const summary = element('summary', {}, filter.label, element('span', { class: 'in-force' }));
  const menu = element('details', { class: 'filter', 'data-filter': filter.key }, summary, list);
  menu.addEventListener('toggle', () => {
    if (!menu.open) return;
    closeMenus(menu);
    list.replaceChildren(...valuesOf(filter, view).map((value) => choice(filter, value)));
  });
  onView(() => {
    const wanted = view.filters[filter.key].size;
    summary.querySelector('.in-force').textContent = wanted > 0 ? wanted : '';
    menu.classList.toggle('on', wanted > 0);
  });
  return menu;
}

function closeMenus(but) {
  for (const menu of document.querySelectorAll('details.filter[open]')) {
    if (menu === but) continue;
    if (menu.contains(document.activeElement)) menu.querySelector('summary').focus();
    menu.open = false;
  }
}
document.addEventListener('click', (event) => closeMenus(event.target.closest('details.filter')));

const asksAnything = (filter) => valuesOf(filter).length > 1 || view.filters[filter.key].size > 0;
byId('filters').append(...kFilters.filter(asksAnything).map(menuOf));

const order = byId('order');
for (const column of kColumns) {
  order.append(element('option', { value: column.key, text: `${column.label} ↑` }),
    element('option', { value: `-${column.key}`, text: `${column.label} ↓` }));
}
order.addEventListener('change', () => changeView({ sort: order.value }));

function chip(filter, value) {
  return element('button', { type: 'button', class: 'chip', title: 'Remove this filter',
    on: { click: () => goToImages(() => toggle(filter.key, value)) } },
  element('span', { class: 'muted', text: `${filter.label}: ` }), nameOf(valueText(value)),
  element('span', { class: 'cross', 'aria-hidden': 'true', text: '×' }));
}

// After a change that takes away what was pressed, the keyboard goes on at the images.
function goToImages(change) {
  change?.();
  byId('images-heading').focus();
}

function clearView() {
  changeView({ query: '', filters: viewOf('').filters });
  search.focus();
}

onView(() => {
  // Not while it is typed in: the cursor would jump.
  if (search.value !== view.query) search.value = view.query;
  order.value = view.sort;
  const chips = kFilters.flatMap((filter) => [...view.filters[filter.key]].map((value) => chip(filter, value)));
  if (chips.length > 0) {
    chips.push(element('button', { type: 'button', class: 'plain', text: 'Clear all', on: { click: clearView } }));
  }
  byId('chips').replaceChildren(...chips);
});

byId('skip').addEventListener('click', (event) => {
  // The fragment is the view's.
  event.preventDefault();
  goToImages();
});
