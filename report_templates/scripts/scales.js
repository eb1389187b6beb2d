// Axes: what a unit of a curve's path is worth, and which values have a mark.
function linearScale(perOne, digits) {
  return {
    isLog: false,
    unitsOf: (value) => perOne * value,
    valueOf: (units) => units / perOne,
    textOf: digits === undefined ? brief : (value) => value.toFixed(digits),
  };
}
function logScale(perDecade) {
  return {
    isLog: true,
    unitsOf: (value) => perDecade * Math.log10(value),
    valueOf: (units) => 10 ** (units / perDecade),
    textOf: brief,
  };
}
// The one that a chart is drawn with: "log10" and units a decade, or units a one and the decimals of its values.
function ownScale(plot) {
  const [first, second] = plot.dataset.reading.split(" ");
  return first === "log10" ? logScale(Number(second)) : linearScale(Number(first), second);
}
function brief(value) {
  return String(Number(value.toPrecision(3)));
}
function ticksOf(scale, low, high) {
  const found = scale.isLog ? decadesBetween(low, high) : [];
  return found.length > 1 ? found : niceBetween(low, high, 5);
}
// Steps of 1, 2, 2.5 or 5 times a power of ten, some `number` of them.
function niceBetween(low, high, number) {
  const rough = (high - low) / number, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((each) => each * power >= rough), first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, n) => (first + n) * step);
}
// Powers of ten, and where there is room 2 and 5 times them.
function decadesBetween(low, high) {
  const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
  const digits = high / low < 100 ? [1, 2, 5] : [1], every = Math.max(1, Math.ceil(Math.log10(high / low) / 6));
  const powers = Array.from({ length: to - from + 1 }, (_, n) => from + n).filter((power) => power % every === 0);
  return powers.flatMap((power) => digits.map((digit) => digit * 10 ** power)).filter((value) => low <= value && value <= high);
}
// There is room for six characters.
function tickText(value) {
  const text = String(Number(value.toPrecision(6)));
  return (text.length > 6 ? value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e") : text).replaceAll("-", "−");
}
