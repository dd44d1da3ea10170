"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const p = data.points, n = p.lon.length;
  const $ = (id) => document.getElementById(id);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map("map", {
    preferCanvas: true, attributionControl: false, maxZoom: 19, minZoom: 1, zoomSnap: 0.5,
    zoomAnimation: !still, fadeAnimation: !still, inertia: !still,
  });
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  const canvas = L.canvas({ padding: 0.3, tolerance: 4 });

  // What a sample is, in words. All text of others reaches the page as text.
  const percent = (share) =>
    share > 0.99 && share < 1 ? "over 99 %" : share > 0 && share < 0.01 ? "below 1 %" : `${(share * 100).toFixed(0)} %`;
  const truth = (i) => (data.number ? String(p.truth[i]) : data.classes[p.code[i]]);
  const said = (i) => (data.number ? String(p.said[i]) : data.classes[p.said[i]]);
  const tested = (i) => p.said[i] !== null;
  const isWrong = (i) => tested(i) && (data.number || p.wrong[i] === 1);
  const isDoubtful = (i) => Boolean(p.doubt && p.doubt[i]);
  const off = (i) => p.said[i] - p.truth[i];

  function facts(i) {
    const made = [["truth", truth(i)]];
    if (tested(i)) {
      made.push(["prediction", said(i)]);
      if (data.number) made.push(["residual", Number(off(i).toPrecision(4)).toString()]);
      if (p.p && p.p[i] !== null) made.push(["its probability", percent(p.p[i])]);
      if (p.q && p.q[i] !== null && isWrong(i)) made.push(["that of the truth", percent(p.q[i])]);
      if (p.draws && p.draws[i] > 1) made.push(["wrong in", `${p.drawsWrong[i]} of ${p.draws[i]} draws`]);
      made.push([data.heldOut, data.groups[p.group[i]]], ["fold", data.folds[p.fold[i]]]);
    } else {
      made.push(["prediction", "not held out here"]);
    }
    const east = ((p.lon[i] + 540) % 360) - 180;
    made.push(["row", String(p.row[i])], ["lon, lat", `${east.toFixed(5)}, ${p.lat[i].toFixed(5)}`]);
    return made;
  }

  function popup(i) {
    const box = document.createElement("div");
    if (isDoubtful(i)) {
      const head = document.createElement("strong");
      head.textContent = "Suspect label";
      box.append(head);
    }
    const list = document.createElement("dl");
    for (const [term, value] of facts(i)) {
      const dt = document.createElement("dt"), dd = document.createElement("dd");
      dt.textContent = term;
      dd.textContent = value;
      list.append(dt, dd);
    }
    box.append(list);
    return box;
  }

  const at = (i) => [p.lat[i], p.lon[i]];
  function open(i) {
    L.popup({ minWidth: 235, maxWidth: 260, autoPanPadding: [12, 12] }).setLatLng(at(i)).setContent(popup(i)).openOn(map);
  }

  // The classified map, under everything else.
  map.createPane("under").style.zIndex = 250;
  let under = null;
  if (data.under) {
    const [west, south, east, north] = data.under.bounds;
    under = L.imageOverlay(data.under.picture, [[south, west], [north, east]], {
      pane: "under", opacity: 0.8, className: "under", alt: "",
    }).addTo(map);
  }

  // Rings lie below the labels, which stay visible inside them.
  const errors = L.layerGroup(), doubtful = L.layerGroup(), labels = L.layerGroup();
  const ring = (i, radius, options) =>
    L.circleMarker(at(i), { renderer: canvas, radius, fill: true, fillOpacity: 0, weight: 2.2, ...options })
      .on("click", (event) => { L.DomEvent.stop(event); open(i); });
  for (let k = data.order.length - 1; k >= 0; k--) {
    const i = data.order[k];
    if (data.number) {
      const share = Math.min(Math.abs(off(i)) / (data.typical || 1), 6);
      if (share >= 1) ring(i, 4 + 2 * share, { color: off(i) >= 0 ? data.high : data.low, weight: 1.6 }).addTo(errors);
    } else {
      ring(i, 7.5, { color: css("--error") }).addTo(errors);
      if (isDoubtful(i)) {
        for (const group of [errors, doubtful]) ring(i, 11, { color: css("--error"), weight: 2.6 }).addTo(group);
        ring(i, 7.5, { color: css("--error") }).addTo(doubtful);
      }
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    L.circleMarker(at(i), {
      renderer: canvas, radius: 4.5, weight: 1, color: css("--ink"), opacity: 0.75,
      fillColor: data.colours[p.code[i]], fillOpacity: 0.95,
    }).on("click", (event) => { L.DomEvent.stop(event); open(i); }).addTo(labels);
  }

  function show() {
    const only = $("show-doubtful") !== null && $("show-doubtful").checked;
    const ringed = $("show-errors") !== null && $("show-errors").checked;
    const wanted = [[errors, ringed && !only], [doubtful, only], [labels, $("show-labels").checked]];
    for (const [group] of wanted) group.remove();
    for (const [group, shown] of wanted) if (shown) group.addTo(map);
    if (under && $("show-under").checked) under.addTo(map);
    else if (under) under.remove();
  }

  // The graticule: degrees in round steps, named along the left and lower edge.
  const graticule = L.layerGroup().addTo(map);
  const STEPS = [90, 45, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002];
  function degrees(value, step, positive, negative) {
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    const text = Math.abs(value).toFixed(digits);
    return `${text}°${Number(text) === 0 ? "" : value < 0 ? negative : positive}`;
  }
  function name(latlng, text, anchor) {
    L.marker(latlng, {
      interactive: false, keyboard: false,
      icon: L.divIcon({ className: "degrees", html: text, iconSize: null, iconAnchor: anchor }),
    }).addTo(graticule);
  }
  function drawGraticule() {
    graticule.clearLayers();
    const b = map.getBounds(), size = map.getSize();
    const south = Math.max(b.getSouth(), -85), north = Math.min(b.getNorth(), 85);
    const perPixel = (b.getEast() - b.getWest()) / size.x;
    const step = STEPS.findLast((s) => s / perPixel >= 110) || STEPS[0];
    const line = { color: css("--quiet"), weight: 0.7, opacity: 0.45, interactive: false, renderer: canvas };
    const corner = map.containerPointToLatLng([6, size.y - 30]);
    for (let k = Math.ceil(b.getWest() / step); k * step <= b.getEast(); k++) {
      const lon = k * step, turned = ((((lon + 180) % 360) + 360) % 360) - 180;
      L.polyline([[south, lon], [north, lon]], line).addTo(graticule);
      name([corner.lat, lon], degrees(turned, step, "E", "W"), [-3, 0]);
    }
    for (let k = Math.ceil(south / step); k * step <= north; k++) {
      L.polyline([[k * step, b.getWest()], [k * step, b.getEast()]], line).addTo(graticule);
      // Not under the buttons.
      if (map.latLngToContainerPoint([k * step, corner.lng]).y > 95) name([k * step, corner.lng], degrees(k * step, step, "N", "S"), [0, 16]);
    }
    // Lines lie under the labels, whichever were drawn last.
    graticule.eachLayer((layer) => { if (layer.bringToBack) layer.bringToBack(); });
  }

  const list = $("list");
  if (list) {
    for (const i of data.order.slice(0, 200)) {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = `${truth(i)} → ${said(i)}${isDoubtful(i) ? " (suspect label)" : ""}`;
      button.addEventListener("click", () => {
        map.setView(at(i), Math.max(map.getZoom(), 12));
        open(i);
      });
      item.append(button);
      list.append(item);
    }
  }

  for (const id of ["show-labels", "show-errors", "show-doubtful", "show-under"]) {
    if ($(id)) $(id).addEventListener("change", show);
  }
  if ($("opacity")) $("opacity").addEventListener("input", () => under.setOpacity($("opacity").value / 100));
  const go = $("go");
  if (go) go.addEventListener("change", () => {
    const wanted = Number(go.value);
    const inside = wanted === -2 ? under.getBounds() : wanted < 0 ? frame : L.latLngBounds([...p.group.keys()].filter((i) => p.group[i] === wanted).map(at));
    map.fitBounds(inside, { padding: [24, 24], maxZoom: 15 });
  });
  const frame = L.latLngBounds(Array.from({ length: n }, (_, i) => at(i)));
  if (under) frame.extend(under.getBounds());
  if (frame.isValid()) map.fitBounds(frame, { padding: [24, 24], maxZoom: 15, animate: false });
  else map.setView([0, 0], 1);
  map.on("moveend", drawGraticule);
  show();
  drawGraticule();
  // For tests, and for whoever opens the console.
  window.bocage = { map, errors, labels, doubtful, open };
})();
