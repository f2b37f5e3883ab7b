//! Powers out of one exponential function: `libm`'s own bring a table of 4 kB into the module.

/// 2 to the power of `exponent`: exact where that is whole, else as good as [`libm::exp`].
///
/// ```
/// use regulars::domain::exp2;
/// assert_eq!([3.0, -1.0, 0.0, -2000.0].map(exp2), [8.0, 0.5, 1.0, 0.0]);
/// assert!((exp2(0.5) - 2_f64.sqrt()).abs() < 1e-15);
/// ```
#[allow(clippy::cast_possible_truncation)] // within the limits
pub fn exp2(exponent: f64) -> f64 {
    let exponent = exponent.clamp(-1100.0, 1100.0);
    let whole = libm::round(exponent);
    libm::scalbn(libm::exp((exponent - whole) * core::f64::consts::LN_2), whole as i32)
}

/// `base`, which is above 0, to the power of `exponent`.
///
/// ```
/// assert!((regulars::domain::power(0.5, 3.0) - 0.125).abs() < 1e-15);
/// ```
pub fn power(base: f64, exponent: f64) -> f64 {
    libm::exp(exponent * libm::log(base))
}
