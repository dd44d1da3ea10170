// The few operations of Earth Engine that scripts use, on one pixel. Reads {script, pixel} from
// standard input and prints the bands of `result` for each pixel.
'use strict';
const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
let pixel;

class Image {
  constructor(bands) { this.bands = bands; }  // [name, number | vector | matrix]
  static of(value) { return value instanceof Image ? value : new Image([['constant', value]]); }
  only() {
    if (this.bands.length !== 1) throw new Error('one band expected: ' + this.bands.map(b => b[0]));
    return this.bands[0][1];
  }
  pair(other, f) {
    other = Image.of(other);
    if (other.bands.length !== 1 && other.bands.length !== this.bands.length) {
      throw new Error('bands do not match');
    }
    return new Image(this.bands.map(([name, value], i) =>
      [name, f(value, other.bands[other.bands.length === 1 ? 0 : i][1])]));
  }
  add(other) { return this.pair(other, (a, b) => a + b); }
  subtract(other) { return this.pair(other, (a, b) => a - b); }
  multiply(other) { return this.pair(other, (a, b) => a * b); }
  divide(other) { return this.pair(other, (a, b) => a / b); }
  pow(other) { return this.pair(other, (a, b) => Math.pow(a, b)); }
  max(other) { return this.pair(other, (a, b) => Math.max(a, b)); }
  log() { return new Image(this.bands.map(([name, value]) => [name, Math.log(value)])); }
  exp() { return new Image(this.bands.map(([name, value]) => [name, Math.exp(value)])); }
  select(keys) {
    return new Image(keys.map(key => {
      const band = typeof key === 'number' ? this.bands[key] : this.bands.find(b => b[0] === key);
      if (!band) throw new Error('no band ' + key);
      return band;
    }));
  }
  rename(names) {
    names = Array.isArray(names) ? names : [names];
    if (names.length !== this.bands.length) throw new Error('names do not match bands');
    return new Image(this.bands.map(([, value], i) => [names[i], value]));
  }
  addBands(other) { return new Image(this.bands.concat(other.bands)); }
  reduce(reducer) { return new Image([[reducer.name, reducer.f(this.bands.map(b => b[1]))]]); }
  toArray(axis) {
    if (axis === undefined) return new Image([['array', this.bands.map(b => b[1])]]);
    if (axis !== 1) throw new Error('axis');
    return new Image([['array', this.only().map(value => [value])]]);
  }
  matrixMultiply(other) {
    const left = this.only(), right = other.only();
    return new Image([['array', left.map(row => right[0].map((_, j) => {
      if (row.length !== right.length) throw new Error('shapes do not match');
      return row.reduce((sum, value, i) => sum + value * right[i][j], 0);
    }))]]);
  }
  arrayProject(axes) {
    if (axes.length !== 1 || axes[0] !== 0) throw new Error('axes');
    return new Image([['array', this.only().map(row => row[0])]]);
  }
  arrayFlatten(names) { return new Image(this.only().map((value, i) => [names[0][i], value])); }
  arrayReduce(reducer, axes) {
    if (axes.length !== 1 || axes[0] !== 0) throw new Error('axes');
    return new Image([['array', [reducer.f(this.only())]]]);
  }
  arrayGet(position) { return new Image([['array', this.only()[position[0]]]]); }
  arrayArgmax() {
    const values = this.only();
    return new Image([['array', [values.indexOf(Math.max(...values))]]]);
  }
  remap(from, to) { return new Image([['remapped', to[from.indexOf(this.only())]]]); }
  classify(classifier) {
    if (classifier.mode !== 'RAW') throw new Error('mode');
    return new Image([['classification', classifier.trees.map(text => grow(text)(this))]]);
  }
  randomVisualizer() { return this; }
}

// Depth first, with the numbers that the real parser expects.
function grow(text) {
  const lines = text.split('\n').map(line => line.trim());
  let at = 0;
  function node(number) {
    const found = /^(\d+)\) (?:(root)|(\w+)(<=|>)(\S+)) (\S+) (\S+) (\S+)( \*)?$/.exec(lines[at++]);
    if (!found || Number(found[1]) !== number) {
      throw new Error('Error parsing line ' + at + ': expected ' + number);
    }
    const made = {name: found[3], sign: found[4], limit: Number(found[5]), value: Number(found[8])};
    if (!found[9]) { made.children = [node(2 * number), node(2 * number + 1)]; }
    return made;
  }
  const root = node(1);
  if (at !== lines.length) throw new Error('lines are left');
  return image => {
    let here = root;
    while (here.children) {
      here = here.children.find(child => {
        const value = image.select([child.name]).only();
        return child.sign === '<=' ? value <= child.limit : value > child.limit;
      });
    }
    return here.value;
  };
}

const ee = value => value;
ee.Image = value => Image.of(value);
ee.Image.constant = values => new Image(values.map((value, i) => ['constant_' + i, value]));
ee.Image.cat = images => new Image([].concat(...images.map(image => image.bands)));
ee.Array = values => values;
ee.Geometry = value => value;
ee.Date = {fromYMD: (...parts) => parts};
ee.Reducer = {
  sum: () => ({name: 'sum', f: values => values.reduce((a, b) => a + b, 0)}),
  max: () => ({name: 'max', f: values => Math.max(...values)}),
};
ee.Classifier = {decisionTreeEnsemble: trees => ({
  trees, setOutputMode(mode) { return {trees, mode}; },
})};
ee.ImageCollection = () => ({
  filterDate() { return this; },
  filterBounds() { return this; },
  mosaic: () => new Image(Object.entries(pixel)),
});
const Map_ = {getBounds: () => null, addLayer() {}};

const run = new Function('ee', 'Map', 'print', input.script + '\nreturn result;');
const found = input.pixels.map(one => {
  pixel = one;
  return Object.fromEntries(run(ee, Map_, () => {}).bands);
});
process.stdout.write(JSON.stringify(found));
