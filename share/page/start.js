// The words around it, and the first look.

const whose = isOperator ? 'All projects' : data.project;
document.title = `${whose} – Platter`;
byId('title').textContent = whose;
byId('subtitle').textContent = isOperator ? 'Image catalogue of the store, for its operators' : 'Image catalogue';
byId('foot').textContent = `Worked out by Platter at ${timeText(data.as_of)}. ` +
  'This file needs nothing else: it can be kept, sent and opened anywhere.';

// Where no script runs, only what says so is seen.
for (const id of ['skip', 'themes', 'catalog']) byId(id).hidden = false;

showTiles();
showView();
drawCharts();
