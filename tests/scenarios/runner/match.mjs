// Whether an answer is as expected: a partial match, the only one for all hosts.
//
// An object asks for the fields it names. A list asks for its elements, in this order; others may stand between them.
// `null` also matches what is absent. An object whose fields begin with `$` asks in other ways, all of which must hold:
//
//   $only: [..]           the list has these elements and no others
//   $has: [..]            as a plain list, beside other `$` fields
//   $none: pattern        no element of the list matches
//   $length: n            so many elements
//   $between: [low, high] a number in this range, both ends included
//   $contains: "text"     a text with this inside
//   $not: pattern         something else than this

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const shown = (value) => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
};

const OPERATORS = {
  $only: (wanted, actual, path) =>
    Array.isArray(actual) && actual.length === wanted.length
      ? wanted.flatMap((element, place) => mismatches(element, actual[place], `${path}[${place}]`))
      : [`${path}: expected only these ${wanted.length}: ${shown(wanted)}; got ${shown(actual)}`],
  $has: (wanted, actual, path) => mismatches(wanted, actual, path),
  $none: (unwanted, actual, path) =>
    (Array.isArray(actual) ? actual : [])
      .filter((element) => mismatches(unwanted, element).length === 0)
      .map((element) => `${path}: expected no ${shown(unwanted)}; got ${shown(element)}`),
  $length: (wanted, actual, path) => (actual?.length === wanted ? [] : [`${path}: expected ${wanted} elements; got ${shown(actual)}`]),
  $between: ([low, high], actual, path) =>
    typeof actual === 'number' && low <= actual && actual <= high ? [] : [`${path}: expected ${low} to ${high}; got ${shown(actual)}`],
  $contains: (wanted, actual, path) =>
    typeof actual === 'string' && actual.includes(wanted) ? [] : [`${path}: expected a text with ${shown(wanted)}; got ${shown(actual)}`],
  $not: (unwanted, actual, path) =>
    mismatches(unwanted, actual).length > 0 ? [] : [`${path}: expected something else than ${shown(unwanted)}`],
};

/**
 * In what `actual` is not as `expected`, a line each; none where it matches.
 *
 * @param {unknown} expected
 * @param {unknown} actual
 * @param {string} [path]
 * @returns {string[]}
 */
export function mismatches(expected, actual, path = 'answer') {
  if (expected === null) return actual === null || actual === undefined ? [] : [`${path}: expected nothing; got ${shown(actual)}`];
  if (Array.isArray(expected)) return elements(expected, actual, path);
  if (!isObject(expected)) return expected === actual ? [] : [`${path}: expected ${shown(expected)}; got ${shown(actual)}`];
  const names = Object.keys(expected);
  if (names.some((name) => name.startsWith('$'))) {
    return names.flatMap((name) => {
      if (!(name in OPERATORS)) throw new Error(`${path}: there is no ${name}; there are ${Object.keys(OPERATORS).join(', ')}`);
      return OPERATORS[name](expected[name], actual, path);
    });
  }
  if (!isObject(actual)) return [`${path}: expected ${shown(expected)}; got ${shown(actual)}`];
  return names.flatMap((name) => mismatches(expected[name], actual[name], `${path}.${name}`));
}

/** The elements of `expected` in this order; the first that is not found ends the search. */
function elements(expected, actual, path) {
  if (!Array.isArray(actual)) return [`${path}: expected a list; got ${shown(actual)}`];
  let from = 0;
  for (const [place, wanted] of expected.entries()) {
    const rest = actual.slice(from).map((element) => mismatches(wanted, element, ''));
    const found = rest.findIndex((lines) => lines.length === 0);
    if (found < 0) return [`${path}: element ${place} is missing${from > 0 ? ` after the ${from - 1}th` : ''}: ${shown(wanted)}`, ...nearest(wanted, actual, path)];
    from += found + 1;
  }
  return [];
}

/** What is wrong with the element that comes nearest. */
function nearest(wanted, actual, path) {
  if (!isObject(wanted) || actual.length === 0) return [`  the list is ${shown(actual)}`];
  const name = ['id', 'offer', 'code', 'item', 'tag', 'kind', 'event'].find((name) => name in wanted);
  const same = actual.findIndex((element) => name !== undefined && mismatches(wanted[name], element?.[name]).length === 0);
  if (same >= 0) return mismatches(wanted, actual[same], `  ${path}[${same}]`);
  return [`  the list has ${name ?? ''} ${shown(actual.map((element) => (name === undefined ? element : element?.[name])))}`];
}
