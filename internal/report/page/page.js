// What scripts add to the page: charts, sorting, filters. They read the tables and change nothing of what those say.
(() => {
	"use strict";
	const all = (selector, within = document) => [...within.querySelectorAll(selector)];
	const one = (selector, within = document) => within.querySelector(selector);

	// Sorting: a click on the head of a column, again for the other way.
	const rowsOf = (table) => (table.tBodies.length > 1 ? [...table.tBodies] : [...table.tBodies[0].rows]);
	const cellOf = (row, i) => (row.cells ? row : row.rows[0]).cells[i];
	const numeric = (cell) => cell.dataset.value !== undefined;
	const compare = (a, b) => (numeric(a) ? a.dataset.value - b.dataset.value : a.textContent.trim().localeCompare(b.textContent.trim()));
	function sort(table, head, i) {
		const rows = rowsOf(table);
		const falls = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : rows.length > 0 && numeric(cellOf(rows[0], i));
		for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
		head.setAttribute("aria-sort", falls ? "descending" : "ascending");
		const last = rows.filter((row) => row.classList.contains("others"));
		const sorted = rows.filter((row) => !row.classList.contains("others"));
		sorted.sort((a, b) => (falls ? -1 : 1) * compare(cellOf(a, i), cellOf(b, i)));
		const parent = rows.length > 0 && rows[0].parentNode;
		for (const row of sorted.concat(last)) parent.append(row);
	}
	for (const table of all("table[data-sortable]")) {
		[...table.tHead.rows[0].cells].forEach((head, i) => {
			if (head.dataset.unsorted !== undefined) return;
			const button = document.createElement("button");
			button.type = "button";
			button.append(...head.childNodes);
			head.append(button);
			button.addEventListener("click", () => sort(table, head, i));
		});
	}

	// Filters: what does not match goes away, in every table and among the cards.
	const text = one("#filter-text"), code = one("#filter-code"), market = one("#filter-market"), outcomes = all("input[name=outcome]");
	const items = all("[data-filter]").map((node) => ({ node, words: (node.dataset.name + " " + node.textContent).toLowerCase() }));
	const listing = (node) => node.dataset.outcome !== undefined;
	const has = (list, word) => list.split(" ").includes(word);
	let only = null; // a name: of which kind, and how the listings of it are marked
	function matches({ node, words }, want, wanted) {
		if (want.some((word) => !words.includes(word))) return false;
		if (node.dataset.codeRow !== undefined) return code.value === "" || node.dataset.codeRow === code.value;
		if (!listing(node)) return true;
		if (only !== null && node.dataset[only.kind] !== only.name) return false;
		return wanted.has(node.dataset.outcome) && (code.value === "" || has(node.dataset.codes, code.value)) && (market.value === "" || has(node.dataset.markets, market.value));
	}
	function filter() {
		const want = text.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
		const wanted = new Set(outcomes.filter((box) => box.checked).map((box) => box.value));
		let shown = 0, of = 0;
		for (const item of items) {
			const yes = matches(item, want, wanted);
			item.node.toggleAttribute("data-away", !yes);
			if (listing(item.node)) {
				of++;
				shown += yes ? 1 : 0;
			}
		}
		const active = only !== null || want.length > 0 || wanted.size < outcomes.length || code.value !== "" || market.value !== "";
		one("#filter-count").textContent = active ? `${only === null ? "" : only.called + ": "}${shown} of the ${of} listings on this page are shown` : "";
	}
	function clear() {
		only = null;
		text.value = code.value = market.value = "";
		for (const box of outcomes) box.checked = true;
		filter();
	}
	one(".filters").hidden = false;
	one(".filters").addEventListener("input", filter);
	one("#filter-clear").addEventListener("click", clear);
	for (const row of all("tr[data-name]")) {
		const name = one("th > bdi", row);
		if (!name) continue;
		const button = document.createElement("button");
		button.type = "button";
		button.title = "Show only listings of this one";
		name.replaceWith(button);
		button.append(name);
		button.addEventListener("click", () => {
			clear();
			const kind = row.closest("section").id;
			if (kind === "markets") market.value = row.dataset.name;
			else only = { kind, name: row.dataset.name, called: row.dataset.label };
			filter();
			one("#queue").scrollIntoView();
		});
	}

	// Charts, drawn by Chart.js in the colours of the page.
	const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
	const leaf = (label) => (label.length > 34 && label.includes(" > ") ? "… > " + label.split(" > ").pop() : label);
	const short = (label) => [...leaf(label)].slice(0, 34).join("") + ([...leaf(label)].length > 34 ? "…" : "");
	const numbers = (row) => row.dataset.counts.split(" ").map(Number);
	const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
	const names = ["approve", "review", "reject", "error"];
	const withApprovals = one("#with-approvals");
	Chart.defaults.animation = false;
	Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
	Chart.defaults.maintainAspectRatio = false;
	const axis = (more) => ({ grid: { color: colour("line") }, border: { color: colour("line") }, ticks: { color: colour("soft"), ...(more || {}) } });
	const whole = { precision: 0, callback: (n) => compact.format(n) };
	const legend = () => ({ labels: { color: colour("ink"), boxWidth: 14, boxHeight: 14 }, position: "bottom" });
	function bars(rows, series, stacked, across) {
		const value = axis(whole), label = { ...axis({ autoSkip: across }), grid: { display: false } };
		return {
			type: "bar",
			data: { labels: rows.map((row) => short(row.dataset.label)), datasets: series.map((s) => ({ label: s.label, data: rows.map(s.of), backgroundColor: colour(s.colour), maxBarThickness: 22 })) },
			options: {
				indexAxis: across ? "x" : "y",
				scales: across ? { x: { ...label, stacked }, y: { ...value, stacked, beginAtZero: true } } : { y: { ...label, stacked }, x: { ...value, stacked, beginAtZero: true } },
				plugins: { legend: legend(), tooltip: { callbacks: { title: (at) => rows[at[0].dataIndex].dataset.label } } },
			},
		};
	}
	const decisions = (rows, from) => names.map((name, i) => ({ label: name, colour: name, of: (row) => numbers(row)[i] })).filter((s, i) => i >= from && rows.some((row) => s.of(row) > 0));
	const seen = (rows) => rows.filter((row) => !row.classList.contains("others"));
	const kinds = {
		codes: () => {
			const rows = all("#codes tbody").slice(0, 14);
			return bars(rows, [
				{ label: "led to the decision", colour: "strong", of: (row) => +row.dataset.decisive },
				{ label: "found, and did not decide", colour: "weak", of: (row) => row.dataset.listings - row.dataset.decisive },
			], true, false);
		},
		names: (canvas) => {
			const rows = seen(all("tbody tr", canvas.closest("section"))).slice(0, 10);
			return bars(rows, decisions(rows, withApprovals.checked ? 0 : 1), true, false);
		},
		marks: () => {
			const rows = all("#mark-table tbody tr").slice(0, 15);
			return bars(rows, decisions(rows, 0), true, false);
		},
		papers: () => bars(all("#months tbody tr"), [
			{ label: "papers that end", colour: "strong", of: (row) => +row.dataset.papers },
			{ label: "approvals that end with them", colour: "approve", of: (row) => +row.dataset.approvals },
		], false, true),
		price: (canvas) => {
			const d = canvas.dataset, n = (name) => Number(d[name]);
			const line = (label, from, to, width, paint) => ({ label, data: [{ x: n(from), y: 0 }, { x: n(to), y: 0 }], showLine: true, pointRadius: 0, pointHitRadius: 6, borderWidth: width, borderColor: paint, borderCapStyle: "butt" });
			const sets = [{ label: "this listing", data: [{ x: n("offered"), y: 0 }], pointStyle: "rectRot", radius: 9, hoverRadius: 11, borderWidth: 2, borderColor: colour("ground"), backgroundColor: colour(d.outcome === "approve" ? "ink" : d.outcome) }];
			sets.push({ label: "median", data: [{ x: n("median"), y: 0 }], pointStyle: "line", rotation: 90, radius: 11, hoverRadius: 12, borderWidth: 3, borderColor: colour("ink") });
			sets.push(line("nine of ten offers", "low", "high", 16, colour("approve")));
			if (d.least) sets.push(line("all offers", "least", "most", 3, colour("soft")));
			const from = Math.min(n("offered"), n(d.least ? "least" : "low")), to = Math.max(n("offered"), n(d.least ? "most" : "high"));
			const pad = Math.pow(to / from, 0.05);
			return {
				type: "scatter", data: { datasets: sets },
				options: {
					layout: { padding: { left: 8, right: 8 } },
					scales: {
						y: { display: false, min: -1, max: 1 },
						x: { ...axis({ callback: (x) => compact.format(x), maxTicksLimit: 7, maxRotation: 0, autoSkipPadding: 14 }), type: "logarithmic", min: from / pad, max: to * pad, title: { display: true, text: d.currency, color: colour("soft"), padding: 0 } },
					},
					plugins: { legend: { display: false }, tooltip: { callbacks: { label: (at) => `${at.dataset.label}: ${at.parsed.x} ${d.currency}` } } },
				},
			};
		},
	};
	const charts = new Map();
	function draw(canvas) {
		canvas.parentNode.hidden = false;
		if (charts.has(canvas)) charts.get(canvas).destroy();
		const config = kinds[canvas.dataset.chart](canvas);
		if (config.options.indexAxis === "y") canvas.parentNode.style.height = `${70 + 27 * config.data.labels.length}px`;
		charts.set(canvas, new Chart(canvas, config));
	}
	const redraw = () => all("canvas[data-chart]").forEach(draw);
	const total = numbers({ dataset: { counts: document.body.dataset.counts } });
	withApprovals.checked = total[0] < 9 * (total[1] + total[2] + total[3]);
	withApprovals.addEventListener("change", () => all("canvas[data-chart=names]").forEach(draw));
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
	matchMedia("print").addEventListener("change", redraw);
	redraw();
})();
