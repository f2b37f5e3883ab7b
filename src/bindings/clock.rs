//! The host's clock and dice. The engine has none of its own.

/// The device's clock, in milliseconds since 1970.
pub fn milliseconds() -> i64 {
    #[allow(clippy::cast_possible_truncation)] // a date holds at most 8.64e15
    let now = js_sys::Date::now() as i64;
    now
}

/// A number that names this device in the ids of its event batches: random, not secret.
pub fn device_number() -> u64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 2^32 - 1
    let draw = || (js_sys::Math::random() * 4_294_967_296.0) as u64;
    (draw() << 32) | draw()
}
