// An ONNX model made by hand: items [count, width] times a query [width, 1], then the best `limit` of the products.

const utf8 = new TextEncoder();

function number(value) {
  const bytes = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    bytes.push(left < 128 ? left : (left % 128) + 128);
    if (left < 128) return Uint8Array.from(bytes);
  }
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Field `field` of a protobuf message: a number, or bytes (texts and messages are bytes). */
const field = (field, value) => (typeof value === 'number' ? joined([number(field * 8), number(value)]) : joined([number(field * 8 + 2), number(value.length), value]));
const text = (place, value) => field(place, utf8.encode(value));

const FLOAT = 1;
const INT64 = 7;
const tensor = (name, type, dimensions, bytes) => joined([...dimensions.map((size) => field(1, size)), field(2, type), text(8, name), field(9, bytes)]);
const node = (operation, inputs, outputs, attributes = []) =>
  joined([...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(4, operation), ...attributes.map((attribute) => field(5, attribute))]);
/** An attribute that is a number. */
const whole = (name, value) => joined([text(1, name), field(3, value), field(20, 2)]);
function value(name, type, dimensions) {
  const shape = joined(dimensions.map((size) => field(1, field(1, size))));
  return joined([text(1, name), field(2, field(1, joined([field(1, type), field(2, shape)])))]);
}

/** The model's bytes. */
export function onnx(floats, count, width, limit) {
  const graph = joined([
    field(1, node('MatMul', ['items', 'query'], ['products'])),
    field(1, node('TopK', ['products', 'limit'], ['values', 'indices'], [whole('axis', 0)])),
    text(2, 'nearest'),
    field(5, tensor('items', FLOAT, [count, width], new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength))),
    field(5, tensor('limit', INT64, [1], new Uint8Array(BigInt64Array.of(BigInt(limit)).buffer))),
    field(11, value('query', FLOAT, [width, 1])),
    field(12, value('values', FLOAT, [limit, 1])),
    field(12, value('indices', INT64, [limit, 1])),
  ]);
  const opset = joined([text(1, ''), field(2, 13)]);
  return joined([field(1, 7), field(7, graph), field(8, opset)]);
}
